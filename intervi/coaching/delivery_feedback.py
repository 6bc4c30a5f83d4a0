"""Feedback on voice and picture: figures with their moments, never a verdict on the person."""

from collections.abc import Iterator

from intervi.analysis.figures import Filler, Language, Scores, Span, Speech, Statement, Transcript, Vision
from intervi.coaching.finding import Finding, gain_of, head
from intervi.coaching.targets import DELIVERY, PRESENCE, Target
from intervi.translation import N_

LONG_PAUSE_SECONDS = 2.5
WINDOW_SECONDS = 15.0
"""The fillers are shown where this long a stretch holds most of them."""
WORDS_BEFORE_PAUSE = 6

_TARGETS = {target.name: target for target in (*DELIVERY, *PRESENCE)}


def good_delivery(speech: Speech, vision: Vision) -> Iterator[Statement]:
    """Figures within their ranges."""
    whole = _voiced(speech)
    pace, fillers, pitch = (
        speech.words_per_minute.value,
        speech.fillers_per_minute.value,
        speech.f0_standard_deviation_semitones.value,
    )
    if pace is not None and _within("pace", pace):
        yield _said(
            "pace",
            N_("You spoke at {pace} words a minute; {low} to {high} is easily followed."),
            whole,
            {"pace": round(pace), **_range("pace")},
        )
    if fillers is not None and _within("fillers", fillers):
        yield _said(
            "fillers",
            N_("Filler words in the whole answer: {count}, {rate} a minute."),
            whole,
            {"count": len(speech.fillers), "rate": round(fillers, 1)},
        )
    if pitch is not None and _within("pitch_variation", pitch):
        yield _said(
            "voice",
            N_("Your voice rises and falls by {semitones} semitones; {low} to {high} sounds lively."),
            whole,
            {"semitones": round(pitch, 1), **_range("pitch_variation")},
        )
    eye_contact = vision.eye_contact.value
    if eye_contact is not None and _within("eye_contact", eye_contact):
        yield _said(
            "eye-contact",
            N_("You looked towards the camera for {percent} percent of the time."),
            whole,
            {"percent": round(100 * eye_contact)},
        )


def delivery_findings(
    transcript: Transcript | None, speech: Speech, vision: Vision, language: Language, scores: Scores
) -> Iterator[Finding]:
    """Figures outside their ranges."""
    yield from _pace(speech, scores)
    yield from _pauses(transcript, speech, scores)
    yield from _fillers(speech, scores)
    yield from _pitch(speech, language, scores)
    yield from _clarity(speech, scores)
    yield from _eye_contact(vision, speech, scores)
    yield from _posture(vision, speech, scores)
    yield from _face(vision, scores)


def _pace(speech: Speech, scores: Scores) -> Iterator[Finding]:
    pace = speech.words_per_minute.value
    if pace is None or pace == 0 or _within("pace", pace):
        return
    target = _TARGETS["pace"]
    aim = target.high if pace > target.high else target.low
    values: dict[str, str | float | int] = {
        "pace": round(pace),
        "aim": round(aim),
        "actual": round(speech.duration_seconds),
        "seconds": round(speech.duration_seconds * pace / aim),
        **_range("pace"),
    }
    gain, whole = gain_of(scores, "delivery", "pace"), _voiced(speech)
    fast = pace > target.high
    yield Finding(
        _said(
            "pace",
            N_("You spoke at {pace} words a minute, faster than the {low} to {high} that are easily followed.")
            if fast
            else N_("You spoke at {pace} words a minute, slower than the {low} to {high} that are easily followed."),
            whole,
            values,
            gain,
        ),
        _said(
            "pace",
            N_("Take {seconds} seconds in the place of {actual} for the same words: that is {aim} words a minute.")
            if fast
            else N_("Say the same words in {seconds} seconds in the place of {actual}: that is {aim} words a minute."),
            whole,
            values,
            gain,
        ),
    )


def _pauses(transcript: Transcript | None, speech: Speech, scores: Scores) -> Iterator[Finding]:
    ratio = speech.pause_ratio.value
    if ratio is None or _within("pauses", ratio):
        return
    gain = gain_of(scores, "delivery", "pauses")
    if ratio < _TARGETS["pauses"].low:
        whole = _voiced(speech)
        values: dict[str, str | float | int] = {"percent": round(100 * ratio)}
        yield Finding(
            _said("pauses", N_("Pauses take only {percent} percent of the answer."), whole, values, gain),
            _said(
                "pauses",
                N_("Pauses take {percent} percent: stop for a second after each sentence, so that it can be taken in."),
                whole,
                values,
                gain,
            ),
        )
        return
    long = [pause for pause in speech.pauses if pause.seconds >= LONG_PAUSE_SECONDS]
    longest = max(speech.pauses, key=lambda pause: pause.seconds, default=None)
    values = {
        "percent": round(100 * ratio),
        "count": len(long),
        "limit": LONG_PAUSE_SECONDS,
        "longest": round(longest.seconds, 1) if longest else 0,
    }
    message = N_("Pauses take {percent} percent of the answer.")
    if long:
        message = N_(
            "Pauses take {percent} percent of the answer; {count} of them last {limit} seconds and more, the longest {longest}."
        )
    yield Finding(
        _said("pauses", message, longest or _voiced(speech), values, gain),
        _bridge(transcript, longest, speech, values, gain),
    )


def _bridge(
    transcript: Transcript | None, pause: Span | None, speech: Speech, values: dict[str, str | float | int], gain: float
) -> Statement:
    """How to get over the longest pause, with the words that came before it."""
    before = _words_before(transcript, pause)
    if pause is None:
        return _said(
            "pauses",
            N_("{percent} percent is silence before and after: begin sooner, your answer first, the details after it."),
            _voiced(speech),
            values,
            gain,
        )
    if before is None:
        message = N_(
            "Here nothing came for {longest} seconds. Have two headwords for the next sentence before you begin."
        )
        return _said("pauses", message, pause, values, gain)
    message = N_("After these words nothing came for {longest} seconds. Have the next sentence's first word ready.")
    return _said("pauses", message, pause, values, gain, before)


def _words_before(transcript: Transcript | None, pause: Span | None) -> str | None:
    if transcript is None or pause is None or transcript.rough:
        return None
    before = [word.text for word in transcript.words if word.end <= pause.start + 0.3]
    return " ".join(before[-WORDS_BEFORE_PAUSE:]) or None


def _fillers(speech: Speech, scores: Scores) -> Iterator[Finding]:
    rate = speech.fillers_per_minute.value
    if rate is None or not speech.fillers or _within("fillers", rate):
        return
    words = [filler.word for filler in speech.fillers]
    most = max(sorted(set(words)), key=words.count)
    where = _densest(speech.fillers)
    values: dict[str, str | float | int] = {"count": len(words), "rate": round(rate, 1), "word": most}
    gain = gain_of(scores, "delivery", "fillers")
    yield Finding(
        _said(
            "fillers",
            N_("{count} filler words, {rate} a minute, most often “{word}”. Here they are densest."),
            where,
            values,
            gain,
        ),
        _said(
            "fillers",
            N_("Where you say “{word}” ({count} such words), say nothing: a short silence is heard as thought."),
            where,
            values,
            gain,
        ),
    )


def _densest(fillers: list[Filler]) -> Span:
    """The stretch of ``WINDOW_SECONDS`` with most fillers, from the first of them to the last."""

    def within(first: Filler) -> list[Filler]:
        return [filler for filler in fillers if first.start <= filler.start <= first.start + WINDOW_SECONDS]

    found = max((within(filler) for filler in fillers), key=len)
    return Span(start=found[0].start, end=max(filler.end for filler in found))


def _pitch(speech: Speech, language: Language, scores: Scores) -> Iterator[Finding]:
    semitones = speech.f0_standard_deviation_semitones.value
    if semitones is None or semitones >= _TARGETS["pitch_variation"].low:
        return
    whole, gain = _voiced(speech), gain_of(scores, "delivery", "pitch_variation")
    values: dict[str, str | float | int] = {"semitones": round(semitones, 1), **_range("pitch_variation")}
    stressed = language.specifics[0].text if language.specifics else None
    yield Finding(
        _said(
            "voice",
            N_("Your voice rises and falls by {semitones} semitones; {low} to {high} sounds lively."),
            whole,
            values,
            gain,
        ),
        _said(
            "voice",
            N_("Choose the one word in “{words}” that matters most, and let your voice rise on it."),
            whole,
            {"words": head(stressed)},
            gain,
            stressed,
        )
        if stressed
        else _said(
            "voice",
            N_(
                "To get beyond {semitones} semitones, choose the one word in each sentence that matters most, and rise on it."
            ),
            whole,
            values,
            gain,
        ),
    )


def _clarity(speech: Speech, scores: Scores) -> Iterator[Finding]:
    clarity = speech.clarity.value
    if clarity is None or _within("clarity", clarity):
        return
    whole, gain = _voiced(speech), gain_of(scores, "delivery", "clarity")
    values: dict[str, str | float | int] = {"clarity": round(clarity), **_range("clarity")}
    yield Finding(
        _said(
            "voice",
            N_("Clarity is {clarity} of 100; from {low} on, speech is understood without effort."),
            whole,
            values,
            gain,
        ),
        _said(
            "voice",
            N_(
                "To get from {clarity} to {low}, move nearer to the microphone, speak the ends of words, and choose a room without noise."
            ),
            whole,
            values,
            gain,
        ),
    )


def _eye_contact(vision: Vision, speech: Speech, scores: Scores) -> Iterator[Finding]:
    share = vision.eye_contact.value
    if share is None or _within("eye_contact", share):
        return
    longest = max(vision.looking_away, key=lambda span: span.seconds, default=None)
    values: dict[str, str | float | int] = {
        "percent": round(100 * share),
        "low": round(100 * _TARGETS["eye_contact"].low),
        "seconds": round(longest.seconds, 1) if longest else 0,
    }
    gain, where = gain_of(scores, "presence", "eye_contact"), longest or _voiced(speech)
    message = N_(
        "You looked towards the camera for {percent} percent of the time; {low} and more is felt as attention."
    )
    better = N_(
        "To get from {percent} to {low} percent, move the window with the question close to the camera, and look there while you speak."
    )
    if longest:
        better = N_("Here you looked away for {seconds} seconds. Say this stretch once more to the camera.")
    yield Finding(_said("eye-contact", message, where, values, gain), _said("eye-contact", better, where, values, gain))


def _posture(vision: Vision, speech: Speech, scores: Scores) -> Iterator[Finding]:
    posture = vision.posture.value
    if posture is None or _within("posture", posture):
        return
    where, gain = _voiced(speech), gain_of(scores, "presence", "posture")
    tilt = vision.shoulder_tilt_degrees.value
    values: dict[str, str | float | int] = {
        "percent": round(100 * posture),
        "low": round(100 * _TARGETS["posture"].low),
    }
    better = N_(
        "To get from {percent} to {low}, sit so that both shoulders are in the picture and level, with the camera at eye level."
    )
    if tilt is not None:
        values["tilt"] = round(abs(tilt), 1)
        better = N_(
            "Your shoulders stood at {tilt} degrees. Put both feet on the floor and the camera at the height of your eyes."
        )
    yield Finding(
        _said(
            "posture", N_("Posture is {percent} of 100; from {low} on it looks upright and calm."), where, values, gain
        ),
        _said("posture", better, where, values, gain),
    )


def _face(vision: Vision, scores: Scores) -> Iterator[Finding]:
    share = vision.face_share.value
    longest = max(vision.no_face, key=lambda span: span.seconds, default=None)
    if share is None or longest is None or _within("face_in_view", share):
        return
    values: dict[str, str | float | int] = {"percent": round(100 * share), "seconds": round(longest.seconds, 1)}
    gain = gain_of(scores, "presence", "face_in_view")
    yield Finding(
        _said("posture", N_("Your face was in the picture for {percent} percent of the time."), longest, values, gain),
        _said(
            "posture",
            N_("Here it was out of the picture for {seconds} seconds: sit back a little, in the middle."),
            longest,
            values,
            gain,
        ),
    )


def _voiced(speech: Speech) -> Span | None:
    """From the first to the last sound of voice."""
    return Span(start=speech.speech[0].start, end=speech.speech[-1].end) if speech.speech else None


def _within(name: str, value: float) -> bool:
    low, high = _TARGETS[name].range
    return low <= value <= high


def _range(name: str) -> dict[str, str | float | int]:
    target: Target = _TARGETS[name]
    return {"low": round(target.low), "high": round(target.high)}


def _said(
    category: str,
    message: str,
    moment: Span | None,
    values: dict[str, str | float | int],
    gain: float = 0.0,
    quotation: str | None = None,
) -> Statement:
    return Statement(category=category, message=message, values=values, moment=moment, gain=gain, quotation=quotation)
