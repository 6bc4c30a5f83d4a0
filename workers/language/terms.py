"""The words of an answer that name something in particular, as against those that any answer to any question could have.

A word is particular that the question bank, some two thousand sentences of how interviews are talked about, uses seldom or never (its
inverse document frequency: Spärck Jones 1972), and that is none of the general words below: praise, hedges, and what candidates are advised
to say. Each counts once, however often it is said.
"""

import math
from collections import Counter
from functools import lru_cache

from intervi.questions import bank
from workers.language.stems import content_stems

PARTICULAR = 0.65
"""From this inverse document frequency on, as a share of that of a word which the bank does not have."""
PRAISE = (
    "good great best better nice bad worst perfect excellent amazing awesome fantastic important importance key crucial essential vital"
    " critical central big strong strength strengths successful success happy satisfied delighted delight special modern true truly real"
    " positive negative clear beautiful powerful extremely high highly absolutely totally completely incredibly valuable value"
)
"""What praises, and boosters (Hyland 1998) that go with it."""
VAGUE = (
    "maybe perhaps probably possibly possible usually usual sometimes somehow often always never generally general basically actually"
    " normally normal mostly certain different various several lot lots many much kind thing things something anything everything stuff"
    " everybody everyone anybody someone people person world life day way try tried hope think believe feel know want wish like"
    " depends depend situation situations case cases course end time times common typical simple easy difficult hard"
)
"""Hedges (Hyland 1998), and words that can stand for anything."""
CLAIMED = (
    "passion passionate leverage leveraging synergy synergies holistic data-driven proactive alignment align aligned mindset agile lean"
    " seamless intuitive visionary vision strategic strategy customer-centric user-centric customer-obsessed win-win best-in-class"
    " state-of-the-art cutting-edge world-class next-level game-changing disruptive innovation innovative empower empowering empowered"
    " paradigm impact excellence transform transformation journey dna mantra motto love heart dream player hands-on can-do multitasking"
    " motivated motivate motivation dedicated committed commitment enthusiastic dynamic versatile detail-oriented result-oriented"
    " solution-oriented goal-oriented service-oriented stress-resistant empathetic empathy humble humility curiosity creative creativity"
    " growth grow challenge challenges challenging challenged opportunity communicator communicate communication collaboration"
    " collaborative trust transparency transparent authentic authenticity culture values core purpose leader leadership ownership energy"
    " hard-working persuasive persistent persistence resilient resilience optimist flexible diplomatic pragmatic effective efficient"
    " productive productivity quality solution solutions experience experienced potential maximise maximum boost actionable deliverable"
    " bandwidth competence competent interpersonal adaptable adaptability reliable trustworthy organised punctual ambitious ambition"
    " driven self-motivated self-starter go-getter perfectionist workaholic open-minded open-mindedness analytical utilise facilitate"
    " streamline engaging engagement inspire inspiring inspiration meaningful mindful positivity attitude integrity honesty loyal"
    " loyalty respectful outstanding exceptional superior unparalleled unique remarkable tremendous deeply constantly continuously"
    " continuous improvement aspect factor approach skill skills ability abilities capable competitive winner winning exceed"
    " expectations overachieve relationship rapport storytelling agility diversity inclusion inclusive teamwork optimise learn learning"
)
"""Buzzwords, and the virtues that candidates are advised to claim."""


def terms(text: str, question: str = "") -> set[str]:
    """The stems of the particular words of a text, without those that the question has already."""
    return {stem for stem in content_stems(text) if _is_particular(stem)}.difference(content_stems(question))


def generality(text: str, question: str = "") -> float:
    """The share of general words among those that carry meaning and are not the question's, 0 to 1; 1 where there are none of its own."""
    asked = set(content_stems(question))
    own = [stem for stem in content_stems(text) if stem not in asked]
    return sum(stem in _general() for stem in own) / len(own) if own else 1.0


@lru_cache(maxsize=8192)
def _is_particular(stem: str) -> bool:
    sentences, spread = _frequencies()
    rarity = math.log((sentences + 1) / (spread[stem] + 1)) / math.log(sentences + 1)
    return rarity >= PARTICULAR and stem not in _general() and not stem.isdigit()


@lru_cache(maxsize=1)
def _general() -> frozenset[str]:
    return frozenset(stem for text in (PRAISE, VAGUE, CLAIMED) for stem in content_stems(text))


@lru_cache(maxsize=1)
def _frequencies() -> tuple[int, Counter[str]]:
    """How many sentences the bank has, and in how many of them each stem is."""
    sentences = [
        text for domain in bank.domains() for question in domain.questions for text in (question.text, *question.points)
    ]
    return len(sentences), Counter(stem for text in sentences for stem in set(content_stems(text)))
