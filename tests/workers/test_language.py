"""The language stage: what is measured, what is left unmeasured, and where the evidence stands."""

import pytest

from intervi.analysis.figures import Figure, Reason, Transcript, Word
from intervi.analysis.sentences import LONGEST_SENTENCE_WORDS, sentences_of
from tests.coaching.answers import cases, measured, tuned
from workers.language import QuestionContext, measure_language
from workers.language.keywords import find_keywords
from workers.language.relevance import TOUCHED, question_overlap
from workers.language.sentiment import measure_sentiment
from workers.language.specificity import actions, concreteness, measure_specificity, plainness, variety
from workers.language.stems import content_stems
from workers.language.structure import measure_structure
from workers.language.terms import generality, terms

QUESTION = QuestionContext(
    "Tell me about a time when you had to debug a complex problem in production.",
    "behavioral",
    "mid",
    (
        "What users noticed and how bad it was",
        "How the cause was found, for example with logs or metrics",
        "What was changed afterwards",
    ),
)
STORY = (
    "Last March our checkout timed out every morning and four percent of customers could not pay. I was responsible for it. "
    "I compared the logs of two days and found a query that held its connections. "
    "I fixed it, and as a result errors dropped from 4 percent to 0.1. Since then an alert watches the pool."
)


def _typed(text: str) -> Transcript:
    return Transcript(engine="typed", text=text)


def _spoken(text: str, seconds_per_word: float = 0.4) -> Transcript:
    words = [
        Word(text=word, start=index * seconds_per_word, end=index * seconds_per_word + 0.3)
        for index, word in enumerate(text.split())
    ]
    return Transcript(engine="faster-whisper base", text=text, words=words)


class TestMeasured:
    def test_a_good_story(self) -> None:
        language = measure_language(QUESTION, _typed(STORY))
        assert language.reason is None
        assert language.word_count == len(STORY.split())
        assert (language.relevance.value or 0) > 0.7
        assert (language.coverage.value or 0) > 0.4
        assert language.question_overlap == Figure(value=0.0)
        assert [part.name for part in language.structure_parts if part.found] == [
            "situation",
            "task",
            "action",
            "result",
        ]
        assert [point.point for point in language.points] == list(QUESTION.points)

    def test_evidence_has_its_moment(self) -> None:
        transcript = _spoken(STORY)
        language = measure_language(QUESTION, transcript)
        places = {word.start for word in transcript.words}
        quotations = [point.evidence for point in language.points] + [
            part.evidence for part in language.structure_parts
        ]
        known = [quotation for quotation in quotations if quotation is not None]
        assert len(known) >= 5
        for quotation in known:
            assert quotation.text in STORY
            assert quotation.start in places
            first = next(word for word in transcript.words if word.start == quotation.start)
            assert quotation.text.startswith(first.text)

    def test_typed_words_have_none(self) -> None:
        language = measure_language(QUESTION, _typed(STORY))
        assert all(part.evidence is None or part.evidence.start is None for part in language.structure_parts)

    def test_without_a_question(self) -> None:
        language = measure_language(None, _typed(STORY))
        assert language.relevance == language.coverage == language.question_overlap == Figure(reason=Reason.NO_QUESTION)
        assert (language.structure.value, language.specificity.value is not None) == (1.0, True)

    def test_a_question_whose_points_are_unknown(self) -> None:
        language = measure_language(QuestionContext(QUESTION.text, "behavioral"), _typed(STORY))
        assert language.coverage == Figure(reason=Reason.NO_QUESTION)
        assert (language.relevance.value or 0) > 0.5


class TestNotMeasured:
    @pytest.mark.parametrize(
        ("transcript", "reason"),
        [
            (Transcript(engine="none", reason=Reason.NO_VOICE), Reason.NO_VOICE),
            (Transcript(engine="typed", text="  … "), Reason.NO_WORDS),
            (
                Transcript(engine="faster-whisper base", text="the deal for three years", rough=True),
                Reason.ROUGH_TRANSCRIPT,
            ),
        ],
    )
    def test_says_why(self, transcript: Transcript, reason: Reason) -> None:
        language = measure_language(QUESTION, transcript)
        assert language.reason is reason
        figures = (language.relevance, language.coverage, language.structure, language.specificity, language.sentiment)
        assert all(figure == Figure(reason=reason) for figure in figures)
        assert (language.points, language.keywords, language.word_count) == ([], [], 0)


class TestSentences:
    def test_follow_the_punctuation_when_spoken(self) -> None:
        found = sentences_of(_spoken("We had a fault. I found it, in the end! Then we shipped"))
        assert [sentence.text for sentence in found] == [
            "We had a fault.",
            "I found it, in the end!",
            "Then we shipped",
        ]
        assert (found[1].start, found[1].end) == (pytest.approx(1.6), pytest.approx(3.9))

    def test_follow_the_pauses_without_punctuation(self) -> None:
        words = [
            Word(
                text=f"w{index}",
                start=index * 0.4 + (2 if index >= 8 else 0),
                end=index * 0.4 + 0.3 + (2 if index >= 8 else 0),
            )
            for index in range(16)
        ]
        assert [
            len(sentence.text.split()) for sentence in sentences_of(Transcript(engine="x", text="…", words=words))
        ] == [8, 8]

    def test_have_an_end(self) -> None:
        found = sentences_of(_spoken(" ".join(f"word{index}" for index in range(200))))
        assert all(len(sentence.text.split()) <= LONGEST_SENTENCE_WORDS for sentence in found)
        assert sum(len(sentence.text.split()) for sentence in found) == 200

    def test_said_twice_are_kept_once(self) -> None:
        assert [sentence.text for sentence in sentences_of(_typed("It works. We shipped it. It works!"))] == [
            "It works.",
            "We shipped it.",
        ]


class TestParts:
    def test_the_question_said_back(self) -> None:
        assert question_overlap("A time when I had to debug a complex problem in production", QUESTION.text) > 0.9
        assert question_overlap("I compared the logs of two days", QUESTION.text) == 0

    @pytest.mark.parametrize(
        "text",
        [
            "I compared the logs",
            "Then I also wrote a test",
            "we quickly shipped it",
            "I have rewritten it, and I cut it",
        ],
    )
    def test_deeds(self, text: str) -> None:
        assert actions(text, "behavioral")

    @pytest.mark.parametrize(
        "text",
        ["I was happy", "I always wanted to learn", "I think it is fine", "I usually work hard", "They fixed it"],
    )
    def test_what_is_no_deed(self, text: str) -> None:
        assert not actions(text, "behavioral")

    def test_general_talk_is_not_specific(self) -> None:
        vague, _ = measure_specificity(
            sentences_of(_typed("Communication is important. I am a team player and always positive.")), "behavioral"
        )
        concrete, shown = measure_specificity(sentences_of(_typed(STORY)), "behavioral")
        assert vague < 0.1
        assert concrete > 0.6
        assert shown[0].text in STORY

    def test_what_the_question_says_is_no_detail_of_the_answer(self) -> None:
        question = "200 tickets are waiting on Monday morning and two colleagues are ill. What would you do?"
        said = sentences_of(
            _typed("There are 200 tickets on Monday morning and two colleagues are ill. I handle them.")
        )
        assert measure_specificity(said, "situational", question)[0] == 0

    def test_a_number_that_only_stresses_counts_nothing(self) -> None:
        stressed, _ = measure_specificity(sentences_of(_typed("I give one hundred and ten percent, 24/7.")), "cultural")
        counted, _ = measure_specificity(
            sentences_of(_typed("I cut the queue to twelve percent in March.")), "cultural"
        )
        assert stressed < 0.1 < counted

    def test_hesitations_are_no_words_of_an_answer(self) -> None:
        hesitant = STORY.replace(" and ", " and um uh and ").replace("I ", "I uh ").replace(". ", ". Um, ")
        said, meant = measure_language(QUESTION, _typed(hesitant)), measure_language(QUESTION, _typed(STORY))
        for figure in (
            "relevance",
            "coverage",
            "question_overlap",
            "structure",
            "specificity",
            "sentiment",
            "keywords",
        ):
            assert getattr(said, figure) == getattr(meant, figure), figure
        assert said.specifics[0].text != meant.specifics[0].text, "what is quoted is what was said"

    def test_particular_words_are_those_that_not_every_answer_has(self) -> None:
        assert terms("I repaired the lighthouse with a copper gasket.") == set(
            content_stems("lighthouse copper gasket repaired")
        )
        assert terms("It was a great challenge, and I am passionate about holistic solutions.") == set()
        assert "gasket" not in terms("A gasket is a gasket.", "What is a gasket?")
        assert generality("Passionate, dynamic and always the best.") == 1
        assert generality("The gasket of the pump leaked.") == 0

    def test_saying_it_again_is_no_variety(self) -> None:
        assert variety(["The pump leaked.", "A gasket had cracked."]) == 1
        assert variety(["The pump leaked."] * 30) < 0.1
        assert variety([" ".join(f"word{number}" for number in range(400))]) == 1

    def test_names_of_the_question_and_figures_of_speech_are_no_details(self) -> None:
        said = "I know that Kubernetes raised us by one hundred and ten percent."
        assert concreteness(said, "technical", "What is Kubernetes?") == 0 < concreteness(said, "technical")

    def test_general_talk_touches_upon_points_and_covers_none(self) -> None:
        general = [
            case
            for case in tuned()
            if plainness([each.text for each in sentences_of(_typed(case.answers["padded"]))], case.question.text) == 0
        ]
        assert len(general) > 5
        assert all(point.coverage <= TOUCHED for case in general for point in case.measured("padded").points)

    def test_a_passage_about_one_point_only_touches_its_neighbours(self) -> None:
        index = "An index is a sorted structure that finds rows without reading the whole table"
        context = QuestionContext("How would you speed up our shop?", "technical", "mid", (index, "Rows of a table"))
        said = Transcript(
            engine="typed", text="Our index is a B-tree that finds 3 rows without reading the whole table."
        )
        about, near = measure_language(context, said).points
        assert near.coverage <= TOUCHED < about.coverage

    def test_what_the_speaker_did_alone_is_the_evidence_of_an_action(self) -> None:
        said = sentences_of(
            _typed("We went to school together back then. I kept visiting the shops and I counted faults.")
        )
        _, parts = measure_structure(said, "behavioral")
        evidence = next(part.evidence for part in parts if part.name == "action")
        assert evidence is not None
        assert evidence.text == said[1].text

    def test_a_claim_belongs_at_the_beginning(self) -> None:
        late = "Hello there everybody now. Hm hm hm hm. Well well well well. La la la la. The answer is a tree."
        _, parts = measure_structure(sentences_of(_typed(late)), "technical")
        assert not next(part for part in parts if part.name == "claim").found

    def test_tone(self) -> None:
        assert measure_sentiment(sentences_of(_typed("It was wonderful and everybody loved it."))) > 0.5
        assert measure_sentiment(sentences_of(_typed("It was a terrible failure and I hated it."))) < -0.5

    def test_keywords_are_ranked_and_counted(self) -> None:
        keywords = find_keywords(
            sentences_of(_typed("The index is a tree. The index needs space. We dropped the index on Monday."))
        )
        assert keywords[0].word == "index"
        assert (keywords[0].frequency, keywords[0].relevance) == (3, 1.0)
        assert find_keywords(sentences_of(_typed("And so it was."))) == []


OPEN_QUESTIONS = (
    "Tell me about yourself.",
    "Tell me about a time when you had to solve a difficult problem at work.",
    "What are your strengths and weaknesses?",
)
SMALL_TALK = (
    "I like to cook pasta at the weekend. My sister has two dogs and a garden.",
    "The weather has been lovely this week and we went to the beach on Sunday with friends.",
    "Football is what I live for. Our club lost again, but the new goalkeeper is twenty and quick.",
    "We bought a new sofa last month. It is green, and the cat has taken it over completely.",
)


@pytest.mark.parametrize("question", OPEN_QUESTIONS)
def test_a_question_that_names_no_subject_takes_any_answer_from_working_life(question: str) -> None:
    asked = QuestionContext(question, "behavioral")
    for case in cases():
        assert (measured(asked, case.answers["good"]).relevance.value or 0) > 0.7, case.id
    for text in SMALL_TALK:
        assert (measured(asked, text).relevance.value or 0) < 0.3, text
