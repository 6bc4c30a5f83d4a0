"""The stages of an analysis: what each takes from the earlier ones, which measurement it calls, what it leaves behind.

The measuring modules know nothing of the database; the database side (``intervi.analysis.claims``) measures nothing. This module
stands between them and runs in the worker's measuring thread.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from intervi.analysis.claims import Claim
from intervi.analysis.figures import Decoded, Language, Reason, Speech, Transcript, Vision
from intervi.analysis.models import Stage
from intervi.analysis.transcripts import as_labelled, candidates_channel, words_of_candidate
from intervi.analysis.workspace import work_directory
from intervi.coaching import model_server
from intervi.coaching.feedback import answer_report
from intervi.coaching.scoring import score_answer
from intervi.interviews.preferences import spoken_language
from intervi.questions import bank
from intervi.recordings.storage import storage
from workers.decoding import SegmentFile, decode_answer
from workers.language import QuestionContext, measure_language
from workers.language.model_judge import judged
from workers.sound_track import StoredSound, stored_sound
from workers.speakers import measure_candidate, of_channels, with_speakers
from workers.speech import measure_speech, no_speech
from workers.transcription import transcribe
from workers.vision import measure_vision, no_vision


@dataclass(frozen=True)
class Outcome:
    """What a stage found, what the page says of it, and the seekable copies it made."""

    result: BaseModel
    summary: dict[str, Any] = field(default_factory=dict)
    playback_keys: Mapping[UUID, str] = field(default_factory=dict)


def run_stage(claim: Claim) -> Outcome:
    """Runs the stage that was claimed.

    Raises:
        InterviError: what no further attempt can change (media that cannot be decoded, say), in words for the candidate.
    """
    return _STAGES[claim.stage](claim)


def _decode(claim: Claim) -> Outcome:
    if not claim.segments:
        return Outcome(Decoded())
    with _segment_files(claim) as segments, work_directory() as directory:
        audio, playback = directory / "answer.flac", directory / "playback"
        playback.mkdir()
        decoded = decode_answer(segments, audio, playback, keep_channels=claim.interview.about_others)
        recordings = {media.id: media.storage_key for media in claim.segments}
        key = storage().put_file(audio, beside=claim.segments[0].storage_key) if audio.exists() else None
        keys = {
            UUID(path.stem): storage().put_file(path, beside=recordings[UUID(path.stem)])
            for path in sorted(playback.iterdir())
        }
    return Outcome(
        decoded.model_copy(update={"audio_key": key}),
        {"seconds": round(decoded.duration_seconds, 1), "missing_seconds": round(decoded.missing_seconds, 1)},
        keys,
    )


def _transcribe(claim: Claim) -> Outcome:
    decoded = _decoded(claim)
    typed = (claim.exchange.answer_text or "").strip()
    language = spoken_language(claim.interview)
    if decoded.audio_key is not None:
        with _sound(decoded) as audio:
            two = claim.interview.about_others
            transcript = _transcribe_two(decoded, audio, language) if two else transcribe(audio, language)
    elif typed:
        transcript = Transcript(engine="typed", text=typed)
    else:
        transcript = Transcript(engine="none", reason=Reason.NO_SOUND)
    return Outcome(
        transcript, {"words": len(transcript.text.split()), "engine": transcript.engine, "rough": transcript.rough}
    )


def _transcribe_two(decoded: Decoded, audio: StoredSound, language: str) -> Transcript:
    """Of a recording with interviewer and candidate."""
    if not decoded.speakers_are_apart:
        return with_speakers(transcribe(audio, language), audio)
    with _sound(decoded, 0) as left, _sound(decoded, 1) as right:
        return of_channels(transcribe(left, language), transcribe(right, language), [left, right])


def _speech(claim: Claim) -> Outcome:
    decoded = _decoded(claim)
    if decoded.audio_key is None:
        return Outcome(no_speech(_why_nothing_recorded(claim, Reason.NO_SOUND)))
    words = _spoken_words(claim)
    recognised = _recognised(claim)
    turns = recognised.turns if recognised else []
    # The other's channel, or both, would count what the interviewer says while the candidate speaks.
    with _sound(decoded, candidates_channel(claim.interview) if decoded.speakers_are_apart else None) as audio:
        speech = measure_candidate(audio, turns, words) if turns else measure_speech(audio, words)
    return Outcome(speech, {"pauses": len(speech.pauses), "fillers": len(speech.fillers)})


def _vision(claim: Claim) -> Outcome:
    decoded = _decoded(claim)
    if not decoded.has_video:
        return Outcome(no_vision(_why_nothing_recorded(claim, Reason.NO_PICTURE)))
    # Decoding may have moved a segment that overlapped the one before it; both stages must speak of one timeline.
    placed = {segment.media_id: segment.offset_seconds for segment in decoded.segments}
    with _segment_files(claim, placed) as segments:
        vision = measure_vision(segments, expressions=claim.estimates_expressions)
    return Outcome(vision, {"frames": vision.frames, "face_share": vision.face_share.value})


def _language(claim: Claim) -> Outcome:
    context, words = _question_context(claim), _words(claim)
    language = measure_language(context, words)
    if model_server.is_configured():
        language = judged(context, words, language)
    covered = sum(point.evidence is not None for point in language.points)
    return Outcome(language, {"points": len(language.points), "covered": covered})


def _scores(claim: Claim) -> Outcome:
    speech, vision, language = _measured(claim)
    scores = score_answer(speech, vision, language)
    return Outcome(scores, {"overall": scores.overall.value.value})


def _report(claim: Claim) -> Outcome:
    speech, vision, language = _measured(claim)
    assert claim.state.scores is not None
    report = answer_report(
        claim.exchange.question,
        _decoded(claim),
        _words(claim),
        speech,
        vision,
        language,
        claim.state.scores,
    )
    return Outcome(report, {"statements": len(report.good) + len(report.missing) + len(report.better)})


_STAGES: dict[Stage, Callable[[Claim], Outcome]] = {
    Stage.DECODE: _decode,
    Stage.TRANSCRIBE: _transcribe,
    Stage.SPEECH: _speech,
    Stage.VISION: _vision,
    Stage.LANGUAGE: _language,
    Stage.SCORES: _scores,
    Stage.REPORT: _report,
}


def _decoded(claim: Claim) -> Decoded:
    assert claim.state.decoded is not None, "no stage begins before decode is done"
    return claim.state.decoded


def _words(claim: Claim) -> Transcript:
    """The words the content is judged by: the candidate's own, in their own correction if there is one."""
    if claim.exchange.corrected_transcript:
        return Transcript(engine="corrected", text=claim.exchange.corrected_transcript)
    recognised = _recognised(claim)
    return words_of_candidate(recognised) if recognised else Transcript(engine="none", reason=Reason.STAGE_FAILED)


def _recognised(claim: Claim) -> Transcript | None:
    """What was recognised, with the speakers as the owner of the interview has them."""
    return as_labelled(claim.state.transcript, claim.interview) if claim.state.transcript else None


def _spoken_words(claim: Claim) -> Transcript | None:
    """The words the pace is counted by: those with times, unless they are rough and the candidate has said what they really were."""
    recognised = _recognised(claim)
    return recognised if recognised is not None and recognised.usable else _words(claim)


def _measured(claim: Claim) -> tuple[Speech, Vision, Language]:
    """What the three measuring stages found; a stage that was given up has found nothing, and says so."""
    state = claim.state
    failed = Transcript(engine="none", reason=Reason.STAGE_FAILED)
    return (
        state.speech or no_speech(Reason.STAGE_FAILED),
        state.vision or no_vision(Reason.STAGE_FAILED),
        state.language or measure_language(None, failed),
    )


def _why_nothing_recorded(claim: Claim, otherwise: Reason) -> Reason:
    return otherwise if claim.segments else Reason.IN_WRITING


def _question_context(claim: Claim) -> QuestionContext | None:
    exchange = claim.exchange
    if not exchange.question:
        return None
    return QuestionContext(
        text=exchange.question,
        type=exchange.question_type,
        difficulty=exchange.difficulty,
        points=bank.points_as_asked(exchange.question_id, exchange.question) if exchange.question_id else (),
    )


@contextmanager
def _sound(decoded: Decoded, channel: int | None = None) -> Iterator[StoredSound]:
    """The answer's sound, 16 kHz, all channels mixed or one of them; it must have one."""
    assert decoded.audio_key is not None
    with storage().as_file(decoded.audio_key) as path, stored_sound(path, channel) as sound:
        yield sound


@contextmanager
def _segment_files(claim: Claim, placed: Mapping[UUID, float] | None = None) -> Iterator[Sequence[SegmentFile]]:
    """The recorded segments as local files; those in ``placed`` only, at these offsets, if it is given."""
    offsets = {media.id: media.offset_seconds for media in claim.segments} if placed is None else placed
    with ExitStack() as stack:
        yield [
            SegmentFile(
                media_id=media.id,
                path=stack.enter_context(storage().as_file(media.storage_key)),
                kind=media.kind,
                offset_seconds=offsets[media.id],
                recorded_seconds=None,
            )
            for media in claim.segments
            if media.id in offsets
        ]
