"""What somebody said without the ways in which speaking goes wrong: hesitations, fillers, words said twice, false starts.

A disfluency is what is taken back, an editing term, and what is said instead (Shriberg 1994, *Preliminaries to a theory of speech
disfluencies*). Where a speaker begins anew, the first word of the new beginning is most often one of what is taken back (Levelt 1983,
*Monitoring and self-repair in speech*): only such repairs are made here, and others left as they were said. What is measured in the words
is measured without disfluencies, which are a matter of delivery; what is quoted is quoted as it was said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

LONGEST_REPEATED = 4
LONGEST_TAKEN_BACK = 4
"""Words."""

_HESITATION = re.compile(r"u+[hm]+|uh+m+|e+rm*|h+m+|m+h*m+")
_PARENTHETICAL = (
    "you know | you see | i mean | i guess | i think | i would say | i'd say | let me think | let me see | let's see | how do i say"
    " | how should i say | like | well | okay | ok | anyway | basically | actually | honestly | literally | sort of | kind of"
)
"""Fillers where commas set them off, and words elsewhere."""
_PHRASES = tuple(sorted((tuple(each.split()) for each in _PARENTHETICAL.split(" | ")), key=len, reverse=True))
_EDITING = (("i", "mean"), ("or", "rather"), ("no", "wait"), ("no", "sorry"), ("sorry",))
_HEDGED = frozenset({
    "was", "were", "is", "are", "am", "be", "been", "it's", "that's", "i'm", "i", "we", "they", "it", "just", "and", "but", "really",
    "felt", "seemed",
})  # fmt: skip
"""Before these, "sort of" and "kind of" are hedges; elsewhere ("the right kind of") they may be nouns."""
_SORTS = frozenset({("sort", "of"), ("kind", "of")})
JOINING = frozenset({
    "a", "an", "the", "this", "that", "these", "those", "my", "our", "his", "her", "its", "their", "your", "and", "but", "or", "so",
    "because", "if", "when", "while", "which", "who", "to", "of", "in", "on", "at", "for", "with", "from", "by", "as", "i",
    "we", "he", "she", "they", "it", "was", "were", "is", "are", "be", "been", "had", "have", "has", "would", "could", "will", "can",
    "not", "then",
})  # fmt: skip
"""Small words, after which nothing is separated by a comma."""
_CLAUSE = frozenset({
    "i", "we", "he", "she", "they", "it", "you", "and", "but", "so", "because", "which", "who", "then", "this", "i'm", "i'd", "i've",
    "we'd", "we've", "it's",
})  # fmt: skip
"""With these a clause may begin, before which a comma stays."""
_SUBJECTS = frozenset({"i", "we", "he", "she", "they", "it", "you", "this"})
_STARTING = _CLAUSE | frozenset({
    "the", "a", "an", "my", "our", "his", "her", "their", "its", "these", "those", "some", "all", "most", "many", "no", "in", "on",
    "at", "for", "from", "with", "by", "after", "before", "during", "since", "when", "if", "while", "once", "as", "first", "second",
    "third", "next", "finally", "afterwards", "later", "now", "today", "yes", "well", "what", "how", "why", "where", "to",
})  # fmt: skip
"""With these a sentence may begin. A recogniser that takes a hesitation for the end of one ("The product. Uh, team") goes on without."""
_LOWERED = frozenset(word for word in _STARTING if word.partition("'")[0] != "i")
_EMPHATIC = frozenset({
    "that", "had", "very", "really", "so", "much", "many", "more", "far", "long", "yes", "bye", "her", "is", "number",
})  # fmt: skip
"""What may be said twice on purpose, or by grammar."""
_SUSPENDED = frozenset({"and", "or", "to"})
"""After these "pre-" is half of "pre- and post-", and not cut off."""
_FINAL = re.compile(r"(?<![.…])(?:[!?;:]+|\.(?!\.))[\"')\]]*$")
_LOOSE = " ,…-–—"
_CUT_OFF = re.compile(r"\w-[,.…]*$")
_TRAILING_OFF = ("…", "...")
_BROKEN_OFF = ("—", "–", *_TRAILING_OFF)


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its punctuation, and its place among all that were said."""

    text: str
    index: int

    @property
    def core(self) -> str:
        """The word alone, in small letters."""
        return self.text.strip(".,;:!?…\"'()[]-–—").replace("’", "'").lower()

    @property
    def is_final(self) -> bool:
        return bool(_FINAL.search(self.text))


def is_hesitation(text: str) -> bool:
    """Whether a word is a mere sound of hesitation ("um", "erm"), and no word. Capitals ("ER") are an abbreviation."""
    word = text.strip(".,;:!?…\"'()[]-–— ")
    return _HESITATION.fullmatch(word.lower()) is not None and not (len(word) > 1 and word.isupper())


def goes_on(before: str, sound: str, after: Sequence[Token]) -> bool:
    """Whether a full stop before a sound of hesitation ends no sentence."""
    return (
        before.endswith(".")
        and is_hesitation(sound)
        and bool(after)
        and after[0].text[:1].islower()
        and after[0].core not in _STARTING
    )


@lru_cache(maxsize=4096)
def fluent(text: str) -> str:
    """The text without disfluencies.

    >>> fluent("I, uh, I compared the, um, the latency of of two, you know, two hundred calls.")
    'I compared the latency of two hundred calls.'
    """
    return " ".join(token.text for token in fluent_tokens(text.split()))


def fluent_tokens(words: Sequence[str]) -> list[Token]:
    """Those of the words, with their punctuation, that stay."""
    tokens = [Token(word, index) for index, word in enumerate(words)]
    for without in (_without_sounds, _without_repairs, _without_phrases, _without_broken_off, _without_repetition):
        tokens = without(tokens)
    return tokens


def _without_sounds(tokens: list[Token]) -> list[Token]:
    at = len(tokens)
    while (at := at - 1) >= 0:
        is_unit = tokens[at].core == "mm" and at > 0 and tokens[at - 1].core[-1:].isdigit()
        if is_hesitation(tokens[at].text) and not is_unit:
            tokens = _without(tokens, at, at + 1)
    return tokens


def _without_repairs(tokens: list[Token]) -> list[Token]:
    """ "The database, I mean, the cache": what an editing term takes back goes with it, where the new beginning tells from where."""
    at = 0
    while at < len(tokens):
        length = next((len(term) for term in _EDITING if _stands(term, tokens, at)), 0)
        if length and _is_set_off(tokens, at, at + length) and at + length < len(tokens):
            start = _begun_before(tokens, at, tokens[at + length].core)
            if start is not None:
                tokens, at = _without(tokens, start, at + length), start
                continue
        at += 1
    return tokens


def _without_phrases(tokens: list[Token]) -> list[Token]:
    at = 0
    while at < len(tokens):
        length = next((len(phrase) for phrase in _PHRASES if _stands(phrase, tokens, at)), 0)
        if length and _is_filler(tokens, at, at + length):
            # "On Monday, I mean, Tuesday": it is not known what is put right, so the comma stays.
            is_repair = tokens[at].core == "i" and at > 0 and tokens[at - 1].core not in JOINING
            tokens = _without(tokens, at, at + length, joins=not is_repair)
        else:
            at += 1
    return tokens


def _is_filler(tokens: Sequence[Token], start: int, end: int) -> bool:
    phrase = tuple(token.core for token in tokens[start:end])
    before = tokens[start - 1].core if start else ""
    after = tokens[end].core if end < len(tokens) else ""
    if phrase in _SORTS and before in _HEDGED and after not in ("you", "him", "her", "them", ""):
        return True
    if not _is_set_off(tokens, start, end):
        return phrase == ("basically",) and bool(before and after)
    return bool(before or after)


def _without_broken_off(tokens: list[Token]) -> list[Token]:
    """ "I compa- compared", "the da— the cache": words cut off, and what was begun and begun again."""
    at = 0
    while at + 1 < len(tokens):
        text, following = tokens[at].text, tokens[at + 1].core
        if _CUT_OFF.search(text) and following not in _SUSPENDED:
            tokens = _without(tokens, at, at + 1)
        elif (start := _broken_off(tokens, at)) is not None:
            tokens, at = _without(tokens, start, at + 1), start
        else:
            at += 1
    return tokens


def _broken_off(tokens: Sequence[Token], at: int) -> int | None:
    """Where that began which somebody gave up after this word: known by a new beginning with one of its words ("the da— the cache"), or
    by small words that nothing came of ("It was... They came")."""
    last, following = tokens[at], tokens[at + 1].core
    if last.text.endswith(_BROKEN_OFF) and (start := _begun_before(tokens, at + 1, following)) is not None:
        return start
    if (
        not last.text.endswith(_TRAILING_OFF)
        or last.core not in JOINING
        or following.partition("'")[0] not in _SUBJECTS
    ):
        return None
    start = next((place + 1 for place in range(at - 1, -1, -1) if tokens[place].is_final), 0)
    return start if at + 1 - start < LONGEST_TAKEN_BACK else None


def _without_repetition(tokens: list[Token]) -> list[Token]:
    for length in range(LONGEST_REPEATED, 0, -1):
        at = 0
        while at + 2 * length <= len(tokens):
            if _is_repeated(tokens, at, length):
                tokens = _without(tokens, at, at + length, joins=False)
            else:
                at += 1
    return tokens


def _is_repeated(tokens: Sequence[Token], at: int, length: int) -> bool:
    first, second = tokens[at : at + length], tokens[at + length : at + 2 * length]
    if any(token.is_final for token in first):
        return False
    words, again = [token.core for token in first], [token.core for token in second]
    if length > 1:
        return words == again and len(set(words)) > 1
    word = words[0]
    if not word or word in _EMPHATIC or word[0].isdigit():
        return False
    return word == again[0] or (word in JOINING and again[0].startswith(f"{word}'"))


def _begun_before(tokens: Sequence[Token], end: int, word: str) -> int | None:
    """The nearest place before ``end``, in the same sentence, where that word stands: what begins there was begun anew."""
    for at in range(end - 1, max(-1, end - 1 - LONGEST_TAKEN_BACK), -1):
        if tokens[at].is_final:
            return None
        if tokens[at].core == word:
            return at
    return None


def _stands(phrase: Sequence[str], tokens: Sequence[Token], at: int) -> bool:
    words = tuple(token.core for token in tokens[at : at + len(phrase)])
    return words == tuple(phrase) and not any(token.text[-1] in ",.!?;:" for token in tokens[at : at + len(phrase) - 1])


def _is_set_off(tokens: Sequence[Token], start: int, end: int) -> bool:
    before = start == 0 or not tokens[start - 1].text[-1].isalnum()
    after = not tokens[end - 1].text[-1].isalnum()
    return before and after


def _without(tokens: Sequence[Token], start: int, end: int, *, joins: bool = True) -> list[Token]:
    """The tokens without some of them; what is left goes on as one sentence.

    Args:
        joins: a comma before the gap belonged to what is gone, unless a clause begins behind it.
    """
    before, gone, after = list(tokens[:start]), tokens[start:end], list(tokens[end:])
    begins = not before or (before[-1].is_final and not goes_on(before[-1].text, gone[-1].text, after))
    if begins and after and gone[0].text[:1].isupper():
        after[0] = replace(after[0], text=after[0].text[:1].upper() + after[0].text[1:])
    if not begins and after and gone[-1].text.endswith(_TRAILING_OFF) and after[0].core in _LOWERED:
        # "I went, um... To the shop": the capital stood behind the hesitation.
        after[0] = replace(after[0], text=after[0].text[:1].lower() + after[0].text[1:])
    if before and not begins:
        last = before[-1]
        if (final := _FINAL.search(gone[-1].text)) or not after:
            before[-1] = replace(last, text=last.text.rstrip(_LOOSE) + (final.group() if final else ""))
        elif last.text.endswith(".") and not last.text.endswith(_TRAILING_OFF):
            before[-1] = replace(last, text=last.text.rstrip("."))
        elif (
            joins
            and not last.text.endswith(_TRAILING_OFF)
            and not (last.text.endswith(",") and last.core not in JOINING and after[0].core in _CLAUSE)
        ):
            before[-1] = replace(last, text=last.text.rstrip(_LOOSE))
    return before + after
