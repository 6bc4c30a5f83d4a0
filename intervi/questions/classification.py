"""What kind of question a text is: its type, category and difficulty, and whether it asks for a story.

For questions that come without labels. Type: a multinomial logistic regression (L2) over word stems, the question's opening and a few
cues of wording, fitted once per process on the labelled questions there are: the bank's, and ``examples.yaml``. Category and difficulty:
those of the nearest labelled question (TF-IDF, cosine; Salton & Buckley 1988) where one is near enough; else the category is told by
its words, if any is telling, and the difficulty is not guessed.
Deterministic; fitting takes a fraction of a second. ``tests/questions/test_classification.py`` measures it on questions it was not
fitted on, and ``docs/measurements.md`` has the figures.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import snowballstemmer
import yaml

from intervi.questions import bank

EXAMPLES = Path(__file__).parent / "examples.yaml"

NEAR = 0.5
"""Cosine from which another question says something about this one's category and difficulty."""
SAME = 0.95
"""Cosine from which it is another wording of the same question, whose type is known."""
GENERAL = "general"
"""The category of a question whose words tell none."""

_WORD = re.compile(r"[a-z0-9+#]+(?:'[a-z]+)?")
_CUES = {
    "story": r"\b(tell me about (a|an|some|the)\b|describe (a|an|the|your|some)\b|give (me |us )?an? example"
    r"|(a|the last) time (when|you)|have you ever|what did you|how did you)",
    "past": r"\b(did|happened|was|were|had|gave|made|went|changed|decided|won|lost|missed|brought|turned|helped|learned)\b",
    "scene": r"^[^.?!]+\. .*\?|\b(imagine|suppose|what would you do|what do you do)\b|^if (you|a|your)\b",
    "actor": r"^(you|your|a|an|the|two|in|only|half) ",
    "values": r"\b(why do you want|why (us|this|are you|should we)|motivat\w*|values?|culture|believe|ideal|prefer"
    r"|important to you|keeps? you|draw the line|enjoy|environment|trust)\b",
    "explain": r"\b(explain|design|difference between|what is|what are|how does|implement|build|measure|test|which|choose"
    r"|plan|experience (with|in)|familiar)\b",
    "handle": r"\b(how would you (handle|deal|react|respond|manage|convince|help|support|tell)|what would you (do|say|tell))\b",
    "how do you": r"\bhow (do|would) you\b",
}
_STORY = re.compile(
    r"\b(time|situation|occasion|moment|example)\b|\b(tell me about|describe) (a|an|the|some\w*)\b|\b(did|have) you\b"
)
_COMMON = frozenset(
    _WORD.findall(
        "a about an and are as at been by can could describe did do does example explain for from give had has have how i if in is it"
        " me my of on or tell that the their them these they this time to us was were what when where which who why will with work would"
        " you your yours"
    )
)
"""Words that any question may have: they bring no two questions nearer to each other."""
_PENALTY = 3e-4
_STEPS = 100
_SHORT_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Classification:
    """The labels of a question."""

    type: str
    """``technical``, ``behavioral``, ``situational`` or ``cultural``."""
    category: str
    difficulty: str | None
    """``junior``, ``mid`` or ``senior``; ``None`` where no question we know is near enough to tell."""
    requires_star: bool
    """It asks for something that happened: situation, task, action and result are what to tell."""
    likelihoods: Mapping[str, float]
    """How likely each type is, 0 to 1."""

    @property
    def confidence(self) -> float:
        """How likely the type is, 0 to 1."""
        return self.likelihoods[self.type]


class Labelled(NamedTuple):
    """A question whose labels are known."""

    type: str
    difficulty: str
    category: str
    text: str


def classify(text: str) -> Classification:
    """The labels of a question, as far as its words tell them. The first call of a process fits the classifier: call it in a thread.

    >>> classify("Tell me about yourself").category
    'introduction'
    """
    return _classifier().classify(text)


def is_soon_told(text: str) -> bool:
    """Whether :func:`classify` takes less than a millisecond: it has been asked before, and this is no whole page."""
    return len(text) <= _SHORT_CHARACTERS and _classifier.cache_info().currsize > 0


def nearest_question(text: str) -> bank.Question | None:
    """The bank's question that is nearest, where one is near enough to share what a good answer covers."""
    questions, neighbours = _of_bank()
    index, closeness = neighbours.nearest(text)
    return questions[index] if closeness >= NEAR else None


@lru_cache(maxsize=1)
def _of_bank() -> tuple[tuple[bank.Question, ...], "Neighbours"]:
    questions = tuple(question for domain in bank.domains() for question in domain.questions)
    return questions, Neighbours([question.text for question in questions])


def asks_for_story(text: str) -> bool:
    """Whether the words of a question ask for something that happened."""
    return bool(_STORY.search(_plain(text)))


def labelled() -> tuple[Labelled, ...]:
    """Every question we know the labels of: the bank's, and the examples beside it."""
    own = (Labelled(q.type, q.difficulty, q.category, q.text) for domain in bank.domains() for q in domain.questions)
    return (*own, *(Labelled(*example) for example in _data()["examples"]))


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    return read


@lru_cache(maxsize=1)
def _topics() -> Mapping[str, frozenset[str]]:
    return {category: frozenset(_stems(" ".join(words))) for category, words in _data()["topics"].items()}


@lru_cache(maxsize=1)
def _technical_terms() -> frozenset[str]:
    """Stems of the words of a trade, which a question about other things hardly has."""
    return frozenset().union(*(_topics()[category] for category in _data()["technical"]))


def _category(text: str) -> str:
    """The category whose words the text has most of, the first of equals."""
    stems = frozenset(_stems(text))
    found = {category: len(words & stems) for category, words in _topics().items()}
    best = max(found, key=found.__getitem__)
    return best if found[best] else GENERAL


@lru_cache(maxsize=1)
def _classifier() -> "Classifier":
    return Classifier(labelled())


class Classifier:
    """Fitted on labelled questions."""

    def __init__(self, known: Sequence[Labelled]) -> None:
        self._types = sorted({question.type for question in known})
        self._neighbours = Neighbours([question.text for question in known])
        self._known = known
        described = [features(question.text) for question in known]
        counts = Counter(name for names in described for name in names)
        # A feature seen once tells nothing but its own question's label.
        self._columns = {
            name: column for column, name in enumerate(sorted(n for n, count in counts.items() if count > 1))
        }
        kinds = Counter(question.type for question in known)
        self._shares = {kind: kinds[kind] / len(known) for kind in self._types}
        """How likely each type is before a word is read."""
        targets = np.eye(len(self._types))[[self._types.index(question.type) for question in known]]
        self._weights = _fitted(np.vstack([self._vector(names) for names in described]), targets)

    def classify(self, text: str) -> Classification:
        """The labels of a question."""
        near, closeness = self._neighbours.nearest(text)
        like = self._known[near] if closeness >= NEAR else None
        likely = self._likelihoods(text, like.type if like and closeness >= SAME else None)
        kind = max(likely, key=likely.__getitem__)
        return Classification(
            type=kind,
            category=like.category if like else _category(text),
            difficulty=like.difficulty if like else None,
            requires_star=kind == "behavioral" and asks_for_story(text),
            likelihoods=likely,
        )

    def _likelihoods(self, text: str, known: str | None) -> dict[str, float]:
        if known is not None:
            return {kind: float(kind == known) for kind in self._types}
        if self._columns.keys().isdisjoint(_stems(text)):
            return dict(self._shares)  # what is absent would be taken for a sign, too
        likely = _softmax(self._vector(features(text)) @ self._weights)
        return {kind: round(float(each), 3) for kind, each in zip(self._types, likely, strict=True)}

    def _vector(self, names: Iterable[str]) -> npt.NDArray[np.float64]:
        """Its features as a vector of length 1, and a constant 1 at the end."""
        vector = np.zeros(len(self._columns) + 1)
        vector[[self._columns[name] for name in names if name in self._columns]] = 1.0
        vector /= np.linalg.norm(vector) or 1.0
        vector[-1] = 1.0
        return vector


class Neighbours:
    """Finds the text that is nearest in its words."""

    def __init__(self, texts: Sequence[str]) -> None:
        stems = [_telling(text) for text in texts]
        containing = Counter(stem for each in stems for stem in set(each))
        self._rarity = {stem: math.log((1 + len(texts)) / (1 + count)) for stem, count in containing.items()}
        self._rarest = math.log(1 + len(texts))
        self._vectors = [self._vector(each) for each in stems]
        self._having: dict[str, list[int]] = {}
        """The texts that have a stem."""
        for index, each in enumerate(self._vectors):
            for stem in each:
                self._having.setdefault(stem, []).append(index)

    def nearest(self, text: str) -> tuple[int, float]:
        """Index of the nearest text, the first of equals, and how near it is (cosine, 0 to 1)."""
        vector = self._vector(_telling(text))
        best, closest = 0, 0.0
        for index in sorted({index for stem in vector for index in self._having.get(stem, ())}):
            closeness = _closeness(vector, self._vectors[index])
            if closeness > closest:
                best, closest = index, closeness
        return best, closest

    def _vector(self, stems: Sequence[str]) -> Mapping[str, float]:
        weights = {stem: self._rarity.get(stem, self._rarest) for stem in set(stems)}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {stem: weight / length for stem, weight in weights.items()}


def _closeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Cosine; a single word in common makes no two questions near, unless each has no other."""
    shared = one.keys() & other.keys()
    if len(shared) < min(2, max(len(one), len(other))):
        return 0.0
    return sum(one[stem] * other[stem] for stem in sorted(shared))


def features(text: str) -> frozenset[str]:
    """What the type is told by: stems, the first one to three words, the cues that are there and those that are not."""
    plain = _plain(text)
    words = _WORD.findall(plain)
    openings = {f"^{' '.join(words[:count])}" for count in (1, 2, 3)}
    cues = {f"{'+' if re.search(cue, plain) else '-'}{name}" for name, cue in _CUES.items()}
    stems = _stems(text)
    terms = "-terms" if _technical_terms().isdisjoint(stems) else "+terms"
    return frozenset({*stems, *openings, *cues, terms})


def _telling(text: str) -> list[str]:
    """Stems of the words that tell one question from another; of all words where there are no such."""
    telling = " ".join(word for word in _WORD.findall(_plain(text)) if word not in _COMMON)
    return _stems(telling or text)


def _plain(text: str) -> str:
    return text.strip().casefold().replace("’", "'")


def _stems(text: str) -> list[str]:
    # A stemmer keeps state, so each call has its own: threads must not share one.
    stems: list[str] = snowballstemmer.stemmer("english").stemWords(_WORD.findall(_plain(text)))
    return stems


def _softmax(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    likely: npt.NDArray[np.float64] = raised / raised.sum(axis=-1, keepdims=True)
    return likely


def _fitted(examples: npt.NDArray[np.float64], targets: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weights (features × types) of a multinomial logistic regression, by accelerated gradient descent (Nesterov 1983).

    Args:
        examples: One row each; the last column is the constant, whose weight is not penalised.
        targets: One row each, 1 in the column of its type.
    """
    count = len(examples)
    # No row is longer than √2, so half of 2 bounds the curvature (Böhning 1992), and no decomposition is needed.
    step = 1.0 / (1.0 + _PENALTY)
    weights = ahead = np.zeros((examples.shape[1], targets.shape[1]))
    penalty = np.full((examples.shape[1], 1), _PENALTY)
    penalty[-1] = 0.0
    for number in range(1, _STEPS + 1):
        slope = examples.T @ (_softmax(examples @ ahead) - targets) / count + penalty * ahead
        moved = ahead - step * slope
        ahead = moved + (number - 1) / (number + 2) * (moved - weights)
        weights = moved
    return weights
