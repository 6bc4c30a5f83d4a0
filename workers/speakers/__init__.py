"""Who speaks when in a recording of an interview, and the candidate's part of it."""

from workers.speakers.candidate import measure_candidate as measure_candidate
from workers.speakers.conversation import Utterance as Utterance
from workers.speakers.conversation import heard as heard
from workers.speakers.conversation import last_speaker as last_speaker
from workers.speakers.speakers import of_channels as of_channels
from workers.speakers.speakers import with_speakers as with_speakers
