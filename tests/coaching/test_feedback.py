"""Reports: every statement shows what it rests on, and says nothing that was not measured."""

import re
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import pytest

from intervi.analysis.figures import AnswerReport, Decoded, Figure, Filler, Reason, Span, Statement, Transcript, Word
from intervi.analysis.sentences import sentences_of
from intervi.coaching.feedback import answer_report, work_on
from intervi.coaching.rewrite import GAPS, rewrite, tidied
from intervi.coaching.scoring import score_answer
from intervi.coaching.words_feedback import BETTER_PARTS, GOOD_PARTS, MISSING_PARTS
from intervi.translation import fill
from tests.coaching.answers import Case, case, cases, speech, vision
from workers.language import QuestionContext, measure_language, no_language
from workers.language.structure import SCHEMES

IN_WRITING = (speech(reason=Reason.IN_WRITING), vision(reason=Reason.IN_WRITING))
NAMES_WHAT_IS_ABSENT = {
    *MISSING_PARTS.values(),
    "This was not found in your answer: {point}",
    "Add a sentence on this: {point}",
}
SPOKEN = [Span(start=0.8, end=20.0), Span(start=24.0, end=58.0)]


def _report(each: Case, kind: str, **spoken: object) -> AnswerReport:
    language = each.measured(kind)
    voice, picture = (speech(speech=SPOKEN), vision()) if spoken else IN_WRITING
    voice, picture = spoken.get("speech", voice), spoken.get("vision", picture)
    transcript = Transcript(engine="typed", text=each.answers[kind])
    return answer_report(
        each.question.text, None, transcript, voice, picture, language, score_answer(voice, picture, language)
    )


def _texts(statements: list[Statement]) -> list[str]:
    return [fill(statement.message, statement.values) for statement in statements]


class TestEveryStatement:
    @pytest.mark.parametrize("kind", ["good", "short", "weak", "padded", "off_topic", "parroted", "empty"])
    def test_shows_what_it_rests_on(self, kind: str) -> None:
        for each in cases():
            report = _report(each, kind)
            for statement in report.good:
                assert statement.quotation, statement
            for statement in (*report.missing, *report.better):
                assert statement.quotation or statement.message in NAMES_WHAT_IS_ABSENT or kind == "empty", statement

    def test_quotes_only_what_was_said(self) -> None:
        for each in cases():
            said = " ".join(each.answers["good"].split())
            report = _report(each, "good")
            assert all(statement.quotation in said for statement in report.good if statement.quotation)

    def test_is_readable_and_calm(self) -> None:
        reports = [
            _report(each, kind) for each in cases() for kind in ("good", "weak", "off_topic", "parroted", "empty")
        ]
        for report in reports:
            for text in _texts([*report.good, *report.missing, *report.better, *report.notes]):
                assert "{" not in text
                assert "!" not in text
                assert text[-1] in ".”" or ": " in text

    def test_is_said_of_one_answer_only(self) -> None:
        """A padded answer has the weak one's sentences in it, and may be told the same of them."""
        said = [
            (each.question.text, each.answers[kind], text)
            for each in cases()
            for kind in ("good", "short", "weak", "off_topic", "parroted")
            for report in [_report(each, kind)]
            for text in {
                *_texts([*report.good, *report.missing, *report.better]),
                *([report.rewrite] if report.rewrite else []),
            }
        ]
        twice = [text for text, times in Counter(text for _question, _answer, text in set(said)).items() if times > 1]
        assert len(said) > 1000
        assert twice == []

    def test_every_part_of_every_structure_has_its_words(self) -> None:
        names = {part.name for scheme in SCHEMES.values() for part in scheme}
        assert names == set(GOOD_PARTS) == set(MISSING_PARTS) == set(BETTER_PARTS) == set(GAPS)


def _rewritten(text: str, unsure: Sequence[str]) -> str | None:
    """A recognised answer to a question about an incident, rewritten."""
    words = [
        Word(text=word, start=at, end=at + 0.3, probability=0.3 if word.strip(".") in unsure else 0.95)
        for at, word in enumerate(text.split())
    ]
    transcript = Transcript(engine="faster-whisper base", text=text, words=words)
    asked = QuestionContext("Tell me about a time when you had to debug a problem in production.", "behavioral")
    return rewrite(sentences_of(transcript), measure_language(asked, transcript))


class TestWords:
    def test_a_good_answer_is_shown_its_evidence(self) -> None:
        report = _report(case("production-incident"), "good")
        assert any("0.1 percent" in (s.quotation or "") or "forty minutes" in (s.quotation or "") for s in report.good)

    def test_little_that_is_general_is_praised(self) -> None:
        praised = {kind: [len(_report(each, kind).good) for each in cases()] for kind in ("good", "weak", "padded")}
        assert sum(praised["weak"]) == 0
        assert sum(praised["padded"]) <= 0.1 * len(cases())
        assert sum(praised["good"]) >= 1.5 * len(cases())

    def test_no_passage_is_praised_for_two_things(self) -> None:
        for each in cases():
            quoted = [statement.quotation or "" for statement in _report(each, "good").good]
            assert not any(one in other for one in quoted for other in quoted if one is not other)

    def test_an_off_topic_answer_is_praised_for_nothing(self) -> None:
        report = _report(case("wrong-model"), "off_topic")
        assert report.good == []
        assert "hardly about the question" in _texts(report.missing)[0]
        assert report.rewrite is None

    def test_the_question_said_back_is_named(self) -> None:
        assert (
            "percent of your words are the question's own" in _texts(_report(case("lost-deal"), "parroted").missing)[0]
        )

    def test_an_empty_answer(self) -> None:
        report = _report(case("lost-deal"), "empty")
        assert report.good == []
        assert _texts(report.missing) == [
            "There is no answer to “Tell me about a deal you lost. What would you do differently today?”."
        ]

    def test_the_costliest_comes_first(self) -> None:
        gains = [statement.gain for statement in _report(case("lost-deal"), "weak").better]
        assert gains == sorted(gains, reverse=True)
        assert gains[0] > 0


class TestRewrite:
    def test_uses_only_the_candidates_own_sentences(self) -> None:
        each = case("production-incident")
        rewrite = _report(each, "short").rewrite
        assert rewrite is not None
        assert "[what was yours to do, after “" in rewrite
        assert sorted(re.sub(r"\[.*?\]", "", rewrite).split()) == sorted(each.answers["short"].split())

    def test_puts_the_result_behind_the_action(self) -> None:
        text = (
            "In the end we saved 40 hours a month. Last year our team in Ghent copied invoices by hand. "
            "I was asked to find a way out. I wrote a script in Python that reads them."
        )
        each = case("production-incident")
        language = measure_language(each.question, Transcript(engine="typed", text=text))
        language = language.model_copy(update={"relevance": Figure(value=1.0)})
        transcript = Transcript(engine="typed", text=text)
        rewrite = answer_report(
            each.question.text, None, transcript, *IN_WRITING, language, score_answer(*IN_WRITING, language)
        ).rewrite
        assert rewrite is not None
        assert rewrite.index("I wrote a script") < rewrite.index("In the end we saved")

    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ("I would say sorry and ask again.", "I would say sorry and ask again."),
            ("In that case I would say no.", "In that case I would say no."),
            ("I would say that it was, I would say, too late.", "It was too late."),
            ("So far we had lost two.", "So far we had lost two."),
            ("I think about the user first.", "I think about the user first."),
            ("She asked what kind of error it was.", "She asked what kind of error it was."),
            ("So, um, I think that it was kind of late.", "It was late."),
        ],
    )
    def test_takes_out_hedges_and_no_meaning(self, said: str, kept: str) -> None:
        assert tidied(said) == kept

    def test_marks_words_that_may_not_have_been_said(self) -> None:
        text = (
            "Last March our um checkout timed out every morning. I was responsible for it and and wrote a script in Python. "
            "We bought lemon juice for 40 customers of the bank. As a result errors dropped from 4 percent to 0.1 percent."
        )
        rewritten = _rewritten(text, unsure=("script", "lemon", "juice", "customers"))
        assert "I was responsible for it and wrote a [heard as “script”] in Python." in rewritten
        assert "[what was not heard clearly here: “We bought lemon juice for 40 customers of the bank”]" in rewritten
        assert "As a result errors dropped from 4 percent to 0.1 percent." in rewritten

    def test_is_none_where_little_was_heard(self) -> None:
        text = (
            "Last March our checkout timed out every morning. I wrote a script in Python. "
            "As a result errors dropped from 4 percent to 0.1 percent."
        )
        assert _rewritten(text, unsure=("checkout", "timed", "wrote", "script", "errors", "dropped")) is None

    def test_is_none_where_nothing_in_particular_is_said(self) -> None:
        for each in cases()[:10]:
            assert _report(each, "padded").rewrite is None or (each.measured("padded").specificity.value or 0) >= 0.1

    def test_names_gaps_where_they_belong(self) -> None:
        rewrite = _report(case("wrong-model"), "short").rewrite
        assert rewrite is not None
        assert rewrite.startswith("[where and when it was that “My demand forecast")
        assert rewrite.index("My demand forecast for 300 shops overshot by") < rewrite.index(
            "[what was yours to do, after"
        )

    def test_brings_nothing_before_what_it_refers_to(self) -> None:
        told = (
            "I gave a patient his neighbour's evening tablets. I noticed it at once at my station and told the doctor and the patient. "
            "Now I read the wristband aloud."
        )
        asked = QuestionContext("Tell me about a mistake of your own with a patient.", "behavioral")
        language = measure_language(asked, Transcript(engine="typed", text=told))
        rewritten = rewrite(sentences_of(Transcript(engine="typed", text=told)), language)
        assert rewritten is not None
        assert rewritten.index("I gave") < rewritten.index("I noticed it")

    def test_is_none_where_only_capitals_would_change(self) -> None:
        told = (
            "in march last year our shop timed out. it was my task to find out why. i compared the logs of two hours. "
            "as a result the errors dropped to zero."
        )
        asked = QuestionContext("Tell me about a time when you had to debug a problem in production.", "behavioral")
        transcript = Transcript(engine="typed", text=told)
        assert rewrite(sentences_of(transcript), measure_language(asked, transcript)) is None

    def test_leaves_a_whole_answer_alone(self) -> None:
        assert _report(case("production-incident"), "good").rewrite is None


class TestDelivery:
    def test_a_fast_speaker_is_told_how_fast(self) -> None:
        fast = speech(speech=SPOKEN, words_per_minute=Figure(value=200))
        report = _report(case("production-incident"), "good", speech=fast, vision=vision())
        assert "You spoke at 200 words a minute, faster than the 120 to 160 that are easily followed." in _texts(
            report.missing
        )
        assert "Take 75 seconds in the place of 60 for the same words: that is 160 words a minute." in _texts(
            report.better
        )

    def test_a_long_pause_has_its_moment_and_the_words_before_it(self) -> None:
        pauses = [Span(start=20.0, end=24.0), Span(start=30.0, end=30.4)]
        slow = speech(speech=SPOKEN, pauses=pauses, pause_ratio=Figure(value=0.5))
        words = [
            Word(text=text, start=18.0 + i * 0.4, end=18.3 + i * 0.4) for i, text in enumerate(["then", "I", "looked"])
        ]
        each = case("production-incident")
        language = each.measured("good")
        transcript = Transcript(engine="faster-whisper base", text="then I looked", words=words)
        scores = score_answer(slow, vision(), language)
        report = answer_report(each.question.text, None, transcript, slow, vision(), language, scores)
        missing = next(statement for statement in report.missing if statement.category == "pauses")
        better = next(statement for statement in report.better if statement.category == "pauses")
        assert report.rewrite is None, "these words are not those that were measured"
        assert missing.moment == better.moment == pauses[0]
        assert missing.values["longest"] == 4.0
        assert better.quotation == "then I looked"

    def test_fillers_are_shown_where_they_are_densest(self) -> None:
        times = [2.0, 40.0, 43.0, 47.0]
        fillers = [Filler(word="um", start=at, end=at + 0.4, basis="acoustic") for at in times]
        voice = speech(speech=SPOKEN, fillers=fillers, fillers_per_minute=Figure(value=8))
        report = _report(case("production-incident"), "good", speech=voice, vision=vision())
        statement = next(each for each in report.missing if each.category == "fillers")
        assert statement.moment == Span(start=40.0, end=47.4)
        assert "most often “um”" in fill(statement.message, statement.values)

    def test_looking_away_has_its_moment(self) -> None:
        away = vision(eye_contact=Figure(value=0.3), looking_away=[Span(start=3, end=5), Span(start=10, end=19)])
        report = _report(case("production-incident"), "good", speech=speech(speech=SPOKEN), vision=away)
        statement = next(each for each in report.missing if each.category == "eye-contact")
        assert statement.moment == Span(start=10, end=19)

    def test_figures_in_range_are_said_with_their_moment(self) -> None:
        report = _report(case("production-incident"), "good", speech=speech(speech=SPOKEN), vision=vision())
        said = [each for each in report.good if each.category in ("pace", "fillers", "voice", "eye-contact")]
        assert {each.category for each in said} == {"pace", "fillers", "voice", "eye-contact"}
        assert all(each.moment == Span(start=0.8, end=58.0) for each in said)


class TestNotes:
    def test_a_rough_transcript_is_marked_and_delivery_still_judged(self) -> None:
        transcript = Transcript(
            engine="faster-whisper base", engine_note="no weights", rough=True, text="a deal", words=[]
        )
        language = no_language(Reason.ROUGH_TRANSCRIPT)
        voice = speech(speech=SPOKEN, words_per_minute=Figure(value=200, basis="syllables"))
        scores = score_answer(voice, vision(), language)
        report = answer_report("Why?", None, transcript, voice, vision(), language, scores)
        assert any("transcript is rough" in text for text in _texts(report.notes))
        assert "Recognised by faster-whisper base: no weights." in _texts(report.notes)
        assert [each.category for each in report.missing] == ["pace"]
        assert report.rewrite is None

    def test_lost_seconds_are_named(self) -> None:
        each = case("index-choice")
        language = each.measured("good")
        decoded = Decoded(duration_seconds=50, missing_seconds=4.26, has_audio=True)
        report = answer_report(
            each.question.text, decoded, None, speech(), vision(), language, score_answer(speech(), vision(), language)
        )
        assert "4.3 seconds of the recording could not be read and are not in this report." in _texts(report.notes)

    def test_in_writing_there_is_no_delivery(self) -> None:
        report = _report(case("index-choice"), "weak")
        assert "The answer was written, so there is no delivery and no presence to score." in _texts(report.notes)
        assert {each.category for each in report.missing} <= {"content", "structure"}


class TestWorkOn:
    def test_at_most_three_of_more_than_one_kind(self) -> None:
        away = vision(eye_contact=Figure(value=0.1), looking_away=[Span(start=3, end=25)])
        reports = [
            (UUID(int=number), _report(each, "weak", speech=speech(speech=SPOKEN), vision=away))
            for number, each in enumerate(cases()[:4])
        ]
        chosen = work_on(reports)
        assert len(chosen) == 3
        assert len({each.statement.category for each in chosen}) >= 2
        of = dict(reports)
        assert all(each.statement in of[each.exchange_id].better for each in chosen)

    def test_what_costs_on_every_answer_counts_together(self) -> None:
        common = Statement(category="pace", message="Slower.", gain=3.0, moment=Span(start=0, end=9))
        single = Statement(category="voice", message="Louder.", gain=5.0)
        reports = [(UUID(int=number), AnswerReport(better=[common])) for number in range(3)]
        chosen = work_on([*reports, (UUID(int=9), AnswerReport(better=[single]))])
        assert [each.statement.message for each in chosen] == ["Slower.", "Louder."]

    def test_nothing_to_say(self) -> None:
        assert work_on([(UUID(int=1), AnswerReport())]) == []
