"""What was said in an interview, as utterances with their speakers: for transcripts, subtitles and search."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis.figures import Reason, Speaker, SpeakerTurn, Transcript, Word
from intervi.analysis.models import Stage, WorkStatus
from intervi.analysis.state import AnalysisState
from intervi.errors import InvalidInput, NotFound
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview
from intervi.recordings import whole_interview
from intervi.translation import _

SPEAKERS: tuple[Speaker, Speaker] = ("interviewer", "candidate")
_PREFERENCE = "speakers"
MAX_NAME_CHARACTERS = 100
LONGEST_UTTERANCE_SECONDS = 12.0
"""A longer turn is cut at its longest gap, so that a subtitle can be read."""


class Progress(StrEnum):
    """How far a transcription is."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something one speaker said; times are seconds of the recording."""

    start: float
    end: float
    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class InterviewTranscript:
    """The transcript of an interview's recording, as far as it is."""

    exchange_id: UUID
    progress: Progress
    reason: str | None
    """Why it failed."""
    utterances: list[Utterance]
    confidence: float | None
    """The recogniser's mean probability of a word; ``None`` where there is no word."""
    speaker_confidence: float | None
    engine: str | None
    rough: bool
    duration_seconds: float | None
    names: dict[Speaker, str]
    """What the speakers are called."""


async def of_recording(session: AsyncSession, principal: Principal, interview_id: UUID) -> InterviewTranscript:
    """The transcript of an interview's recording.

    Raises:
        NotFound: there is no such interview, or no recording of it.
    """
    interview = await interviews.get(session, principal, interview_id)
    exchange = await whole_interview.exchange_of(session, principal, interview_id)
    if exchange is None:
        raise NotFound(_("This interview has no recording."))
    state = await analysis.of_exchange(session, principal, exchange.id)
    transcript = as_labelled(state.transcript, interview) if state and state.transcript else None
    words = transcript.words if transcript else []
    return InterviewTranscript(
        exchange_id=exchange.id,
        progress=_progress(state),
        reason=_reason(state),
        utterances=list(utterances(transcript)) if transcript else [],
        confidence=round(sum(word.probability for word in words) / len(words), 3) if words else None,
        speaker_confidence=transcript.speaker_confidence if transcript else None,
        engine=transcript.engine if transcript else None,
        rough=bool(transcript and transcript.rough),
        duration_seconds=state.decoded.duration_seconds if state and state.decoded else None,
        names=names_of(interview),
    )


def _progress(state: AnalysisState | None) -> Progress:
    if state is None:
        return Progress.PENDING
    row = state.stages[Stage.TRANSCRIBE]
    if row.status == WorkStatus.DONE:
        return Progress.COMPLETED
    if WorkStatus.FAILED in (row.status, state.analysis.status):
        return Progress.FAILED
    begun = row.status == WorkStatus.RUNNING or state.stages[Stage.DECODE].status != WorkStatus.WAITING
    return Progress.PROCESSING if begun else Progress.PENDING


def _reason(state: AnalysisState | None) -> str | None:
    if state is None or _progress(state) is not Progress.FAILED:
        return None
    return state.why(Stage.TRANSCRIBE) or state.why_failed


# --- speakers -------------------------------------------------------------------------------------------------------


def as_labelled(transcript: Transcript, interview: Interview) -> Transcript:
    """The transcript with speakers as the owner corrected them."""
    if not _is_swapped(interview):
        return transcript
    return transcript.model_copy(
        update={
            "words": [word.model_copy(update={"speaker": _other(word.speaker)}) for word in transcript.words],
            "turns": [turn.model_copy(update={"speaker": _other(turn.speaker)}) for turn in transcript.turns],
        }
    )


def candidates_channel(interview: Interview) -> int:
    """Of a recording with a channel for each: the right one, unless the owner swapped them."""
    return 0 if _is_swapped(interview) else 1


def _is_swapped(interview: Interview) -> bool:
    return bool(interview.preferences.get(_PREFERENCE, {}).get("swapped"))


def _other(speaker: Speaker | None) -> Speaker | None:
    if speaker is None:
        return None
    return "candidate" if speaker == "interviewer" else "interviewer"


def words_of_candidate(transcript: Transcript) -> Transcript:
    """The transcript with the candidate's words alone; unchanged where nobody told speakers apart."""
    if not transcript.turns:
        return transcript
    words = [word for word in transcript.words if word.speaker == "candidate"]
    text = " ".join(word.text for word in words)
    return transcript.model_copy(
        update={"words": words, "text": text, "reason": None if words else transcript.reason or Reason.NO_WORDS}
    )


def names_of(interview: Interview) -> dict[Speaker, str]:
    """What the speakers are called: their roles, until they were named."""
    kept = interview.preferences.get(_PREFERENCE, {}).get("names", {})
    return {speaker: kept.get(speaker, speaker) for speaker in SPEAKERS}


async def set_speakers(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    *,
    names: dict[Speaker, str] | None = None,
    swap: bool = False,
) -> None:
    """Names the speakers, or takes each for the other; then what the candidate said is measured anew.

    Raises:
        NotFound: there is no recording.
        InvalidInput: nothing to do, or a name that is none.
    """
    if not names and not swap:
        raise InvalidInput(_("Name the speakers, or swap them."), details={"speakers": [_("This is required.")]})
    for speaker, name in (names or {}).items():
        if not 1 <= len(name.strip()) <= MAX_NAME_CHARACTERS:
            raise InvalidInput(
                _("Please check what you entered."), details={f"speakers.{speaker}": [_("Give 1 to 100 characters.")]}
            )
    interview = await interviews.hold(session, principal, interview_id)
    exchange = await whole_interview.exchange_of(session, principal, interview_id)
    if exchange is None:
        raise NotFound(_("This interview has no recording."))
    kept: dict[str, Any] = dict(interview.preferences.get(_PREFERENCE, {}))
    kept["swapped"] = bool(kept.get("swapped")) ^ swap
    kept["names"] = {**kept.get("names", {}), **{speaker: name.strip() for speaker, name in (names or {}).items()}}
    interview.preferences = {**interview.preferences, _PREFERENCE: kept}
    session.add(interview)
    if swap:
        await analysis.measure_words_again(session, principal, exchange.id)


# --- utterances -----------------------------------------------------------------------------------------------------


def utterances(transcript: Transcript) -> Iterator[Utterance]:
    """A transcript with times, cut where the speaker changes and where a turn gets too long to read."""
    run: list[Word] = []
    for word in transcript.words:
        if run and (word.speaker != run[-1].speaker or _turn_ended(transcript.turns, run[-1], word)):
            yield from _readable(run)
            run = []
        run.append(word)
    yield from _readable(run)


def _turn_ended(turns: Sequence[SpeakerTurn], word: Word, following: Word) -> bool:
    """Whether somebody else spoke between two words of one speaker."""
    return any(
        turn.speaker != word.speaker and turn.start >= word.start and turn.end <= following.end for turn in turns
    )


def _readable(run: Sequence[Word]) -> Iterator[Utterance]:
    if not run:
        return
    if run[-1].end - run[0].start <= LONGEST_UTTERANCE_SECONDS or len(run) == 1:
        text = " ".join(word.text.strip() for word in run)
        yield Utterance(run[0].start, run[-1].end, run[0].speaker or "candidate", text)
        return
    at = max(range(1, len(run)), key=lambda index: run[index].start - run[index - 1].end)
    yield from _readable(run[:at])
    yield from _readable(run[at:])


def search(found: InterviewTranscript, query: str) -> list[Utterance]:
    """The utterances that hold all of these words side by side, in any case."""
    wanted = " ".join(query.split()).casefold()
    return [utterance for utterance in found.utterances if wanted in " ".join(utterance.text.split()).casefold()]


# --- subtitles ------------------------------------------------------------------------------------------------------


def as_srt(found: InterviewTranscript) -> str:
    """SubRip."""
    blocks = (
        f"{number}\n{_clock(each.start, ',')} --> {_clock(each.end, ',')}\n{found.names[each.speaker]}: {each.text}\n"
        for number, each in enumerate(found.utterances, start=1)
    )
    return "\n".join(blocks)


def as_vtt(found: InterviewTranscript) -> str:
    """WebVTT (W3C): the speaker as a voice span."""
    blocks = (
        f"{_clock(each.start, '.')} --> {_clock(each.end, '.')}\n<v {_escaped(found.names[each.speaker])}>{_escaped(each.text)}\n"
        for each in found.utterances
    )
    return "\n".join(["WEBVTT\n", *blocks])


def as_text(found: InterviewTranscript) -> str:
    """For people."""
    return "".join(f"[{clock(each.start)}] {found.names[each.speaker]}: {each.text}\n" for each in found.utterances)


def clock(seconds: float) -> str:
    """``00:15:32``."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    return f"{clock(milliseconds // 1000)}{point}{milliseconds % 1000:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
