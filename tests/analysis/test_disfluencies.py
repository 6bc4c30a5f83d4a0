"""What is left when hesitations, fillers, repetitions and false starts are taken out; and what is no such thing."""

import doctest

import pytest

from intervi.analysis import disfluencies
from intervi.analysis.disfluencies import fluent
from intervi.analysis.figures import Transcript, Word
from intervi.analysis.sentences import sentences_of


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("I uh compared the logs.", "I compared the logs."),
        ("the, um, latency", "the latency"),
        ("When it broke, um, I looked.", "When it broke, I looked."),
        ("Um, we fixed it, um.", "We fixed it."),
        ("We we decided, we decided to ship it.", "We decided to ship it."),
        ("in the in the spring we've, we've lost two two hundred", "in the spring we've lost two hundred"),
        ("I I'm sure.", "I'm sure."),
        ("It was, like, forty percent, you know, of them.", "It was forty percent of them."),
        ("the database, I mean, the cache failed", "the cache failed"),
        ("On Monday, I mean, Tuesday it broke.", "On Monday, Tuesday it broke."),
        ("I compa- compared the da— the logs.", "I compared the logs."),
        ("I was... I was responsible.", "I was responsible."),
        ("It was... Uh... They came at four.", "They came at four."),
        ("I went, um... To the shop.", "I went to the shop."),
        ("It was kind of late.", "It was late."),
        ("Uh, um.", ""),
    ],
)
def test_what_goes(said: str, meant: str) -> None:
    assert fluent(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "What I mean is that you know the system.",
        "As you know, it works like a queue.",
        "I like errors such as, say, timeouts.",
        "The right kind of error, and that is kind of you.",
        "I gave her her tablets, and that that helped was a very, very good sign.",
        "The pre- and post-deploy logs of the ER, by 5 mm.",
        "So we waited... and it came.",
        "It was an e-mail — I wrote it — and it went well, I think so.",
        "It broke again and again.",
    ],
)
def test_what_stays(said: str) -> None:
    assert fluent(said) == said


def test_the_examples_in_the_documentation() -> None:
    assert doctest.testmod(disfluencies).failed == 0


class TestSentences:
    def test_quote_what_was_said_and_are_measured_without(self) -> None:
        (sentence,) = sentences_of(Transcript(engine="typed", text="We, uh, we compared the the logs."))
        assert sentence.quotation.text == "We, uh, we compared the the logs."
        assert sentence.fluent == "We compared the logs."

    def test_go_on_through_a_hesitation_that_was_taken_for_their_end(self) -> None:
        said = "I gave it to the product. Uh, team of ours. Um, we waited... I was... I was asked twice."
        assert [sentence.fluent for sentence in sentences_of(Transcript(engine="typed", text=said))] == [
            "I gave it to the product team of ours.",
            "We waited... I was asked twice.",
        ]

    def test_of_nothing_but_hesitation_are_none(self) -> None:
        assert sentences_of(Transcript(engine="typed", text="Um. Uh, er.")) == []

    def test_know_which_words_are_unsure(self) -> None:
        words = [
            Word(text=text, start=at, end=at + 0.3, probability=0.3 if text == "lattice" else 0.9)
            for at, text in enumerate("We cut the lattice. It fell.".replace("lattice.", "lattice").split())
        ]
        (sentence,) = sentences_of(Transcript(engine="x", text="…", words=words))
        assert sentence.unsure == {3}
