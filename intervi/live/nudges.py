"""What a speech coach would say while somebody speaks, and when: pure, on the time of the sound itself.

A nudge comes when its sign has held for a while, and not again before the sign has clearly gone (the second threshold) and a minimum
time has passed. Two different nudges keep a distance, too: more than one at a time helps nobody.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from intervi.analysis.figures import SYLLABLES_PER_WORD
from intervi.coaching.targets import DELIVERY
from intervi.translation import N_

BETWEEN_NUDGES_SECONDS = 8.0
"""Between any two."""
EYES_SECONDS = 10.0
"""The stretch over which the share of eye contact is taken."""
_EYES_LEAST = 5.0
"""So long must they have been watched before anything is said of them."""
TURN_ENDS_SECONDS = 10.0
"""So long a silence ends a turn where nobody says that an answer ends."""
_LEVEL_SECONDS = 1.0
"""Time constant of the level of the voice."""

_PACE = next(target for target in DELIVERY if target.name == "pace")
assert _PACE.zero_above is not None
_TOO_FAST_WORDS = (_PACE.high + _PACE.zero_above) / 2
"""Half of the pace's points are gone there in the report."""


class Kind(StrEnum):
    """What is nudged for."""

    VOLUME = "volume"
    PACE = "pace"
    SILENCE = "silence"
    EYES = "eyes"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Heard:
    """One chunk, as far as it is measured."""

    seconds: float
    volume: float
    """Root mean square of the samples, full scale 1."""
    is_speaking: bool
    syllables_per_second: float | None = None


@dataclass(slots=True)
class Signs:
    """What the rules look at, at the end of a chunk. ``None``: cannot be told now, so nothing changes."""

    voice_level: float | None
    syllables_per_second: float | None
    silent_seconds: float | None
    eye_contact: float | None
    turn_seconds: float | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One nudge: it is due when the sign has been beyond ``sets`` for ``hold_seconds``, and again only once it was back at ``clears``."""

    kind: Kind
    message: str
    sign: Callable[[Signs], float | None]
    sets: float
    clears: float
    hold_seconds: float
    gap_seconds: float
    """Between two of this kind, at least."""
    source: str

    def is_set(self, value: float) -> bool:
        return value < self.sets if self.sets < self.clears else value > self.sets

    def is_clear(self, value: float) -> bool:
        return value >= self.clears if self.sets < self.clears else value <= self.clears


RULES = (
    Rule(
        Kind.VOLUME, N_("Speak up a bit?"), lambda signs: signs.voice_level, 0.03, 0.04, 1.0, 20.0,
        "The coach contract: below about 0.03 while speaking. 0.03 is -30 dBFS; broadcast speech lies near -23 (EBU R 128).",
    ),
    Rule(
        Kind.PACE, N_("A little slower?"), lambda signs: signs.syllables_per_second,
        _TOO_FAST_WORDS * SYLLABLES_PER_WORD / 60, _PACE.high * 1.1 * SYLLABLES_PER_WORD / 60, 2.0, 30.0,
        "200 words a minute, counted in syllables: halfway from the report's target to where pace is worth nothing. " + _PACE.source,
    ),
    Rule(
        Kind.SILENCE, N_("Take your time. Go on when you are ready."), lambda signs: signs.silent_seconds, 8.0, 1.0, 0.0, 20.0,
        "Own choice: beyond any pause of fluent speech (Campione & Véronis 2002: long pauses begin at 1 s), and time enough to think.",
    ),
    Rule(
        Kind.EYES, N_("Look into the camera now and then."), lambda signs: signs.eye_contact, 0.40, 0.60, 2.0, 30.0,
        "Argyle & Ingham 1972: who speaks looks at the listener for 40 percent of the time; cleared at the report's target, 60.",
    ),
    Rule(
        Kind.LENGTH, N_("You have been speaking for two minutes."), lambda signs: signs.turn_seconds, 120.0, 1.0, 0.0, 60.0,
        "Recruiters' guides ask for answers of one to two minutes; the ring around the record button is full then.",
    ),
)  # fmt: skip


class Coach:
    """Follows one speaker and says at most one thing at a time, or nothing with no rules."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self.seconds = 0.0
        """Of sound heard so far: the clock of everything here."""
        self._level: float | None = None
        self._last_voice: float | None = None
        self._turn_began: float | None = None
        self._eyes: deque[tuple[float, float]] = deque()
        self._rules = rules
        self._states = {rule.kind: _State() for rule in rules}
        self._last_nudge = -BETWEEN_NUDGES_SECONDS

    def begin_answer(self) -> None:
        """An answer begins, or ends: what was said before is another matter."""
        self._last_voice = self._turn_began = None
        self._eyes.clear()

    def see(self, eye_contact: float) -> None:
        """The share of the last second with eyes on the camera, 0 to 1."""
        self._eyes.append((self.seconds, eye_contact))

    def hear(self, heard: Heard) -> Rule | None:
        """Takes one chunk; the nudge that is due at its end, if one is."""
        self.seconds += heard.seconds
        self._follow(heard)
        signs = self._signs(heard)
        due = [rule for rule in self._rules if self._states[rule.kind].is_due(rule, signs, self.seconds, heard.seconds)]
        # All of them are followed, even if only one may speak.
        if not due or self.seconds - self._last_nudge < BETWEEN_NUDGES_SECONDS:
            return None
        self._last_nudge = self.seconds
        self._states[due[0].kind].tell(self.seconds)
        return due[0]

    def _follow(self, heard: Heard) -> None:
        if heard.is_speaking:
            self._last_voice = self.seconds
            self._turn_began = self.seconds - heard.seconds if self._turn_began is None else self._turn_began
            power, share = heard.volume**2, min(1.0, heard.seconds / _LEVEL_SECONDS)
            self._level = power if self._level is None else self._level + share * (power - self._level)
        elif self._last_voice is not None and self.seconds - self._last_voice > TURN_ENDS_SECONDS:
            self._turn_began = None
        while self._eyes and self._eyes[0][0] < self.seconds - EYES_SECONDS:
            self._eyes.popleft()

    def _signs(self, heard: Heard) -> Signs:
        speaking = heard.is_speaking
        silent = None if self._last_voice is None else self.seconds - self._last_voice
        turn = 0.0 if self._turn_began is None else self.seconds - self._turn_began
        watched = self._eyes and self.seconds - self._eyes[0][0] >= _EYES_LEAST
        return Signs(
            voice_level=self._level**0.5 if speaking and self._level is not None else None,
            syllables_per_second=heard.syllables_per_second if speaking else None,
            silent_seconds=silent,
            eye_contact=_mean(share for _at, share in self._eyes) if speaking and watched else None,
            turn_seconds=turn if speaking or turn == 0.0 else None,
        )


@dataclass(slots=True)
class _State:
    """Where one rule stands."""

    held_seconds: float = 0.0
    told_at: float | None = None
    is_told: bool = False
    """Said, and the sign has not gone since."""

    def is_due(self, rule: Rule, signs: Signs, now: float, passed: float) -> bool:
        value = rule.sign(signs)
        if value is None:
            return False
        if not rule.is_set(value):
            self.held_seconds = 0.0
            self.is_told = self.is_told and not rule.is_clear(value)
            return False
        self.held_seconds += passed
        too_soon = self.told_at is not None and now - self.told_at < rule.gap_seconds
        return not self.is_told and not too_soon and self.held_seconds >= rule.hold_seconds

    def tell(self, now: float) -> None:
        self.told_at, self.is_told = now, True


def _mean(shares: Iterable[float]) -> float:
    values = list(shares)
    return sum(values) / len(values)
