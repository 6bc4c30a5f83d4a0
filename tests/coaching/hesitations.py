"""The ways in which speaking goes wrong, put into a text at places that a seed chooses."""

import random

SOUNDS = ("uh", "um", "er", "um,", "erm")
CLAUSES = frozenset({"i", "we", "it", "she", "he", "they", "the", "so", "because", "that"})


def hesitant(text: str, seed: int, share: float = 0.12) -> str:
    """The text as somebody might say it who hesitates before ``share`` of its words: sounds, fillers set off by commas, words and pairs of
    words said twice, words cut off."""
    chance = random.Random(seed)
    said: list[str] = []
    words = text.split()
    for index, word in enumerate(words):
        is_inside = index > 0 and words[index - 1][-1].isalnum()
        if chance.random() < share:
            said += _trouble(chance, words[index - 1 : index] if is_inside else [], word, said)
        said.append(word)
    return " ".join(said)


def _trouble(chance: random.Random, before: list[str], word: str, said: list[str]) -> list[str]:
    kind = chance.choice(("sound", "sound", "set off", "phrase", "twice", "again", "cut off"))
    plain = word.strip(".,;:!?").lower()
    if kind == "twice" and plain.isalpha() and word[-1].isalnum():
        return [word]
    if kind == "cut off" and plain.isalpha() and len(plain) > 4:
        return [f"{word[: len(word) // 2]}-"]
    if before and kind == "again" and before[0].isalpha() and word.isalpha() and before[0] != word:
        return [word, "uh", before[0]]
    if before and kind in ("set off", "phrase"):
        said[-1] += ","
        if kind == "set off":
            return [f"{chance.choice(SOUNDS).rstrip(',')},"]
        return ["I mean," if plain in CLAUSES else "you know,"]
    return [chance.choice(SOUNDS)]
