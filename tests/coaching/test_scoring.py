"""Scores: parts that add up, continuous ranges, and what happens to what was not measured."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervi.analysis.figures import Figure, Language, Reason, Score, Scores, StructurePart, Transcript
from intervi.coaching.scoring import score_answer, score_interview
from intervi.coaching.targets import CONTENT, DELIVERY, OVERALL_WEIGHTS, PRESENCE, STRUCTURE_WEIGHTS, Target
from tests.coaching.answers import case, speech, vision
from workers.language import measure_language, no_language
from workers.language.structure import SCHEMES

REASONS = st.sampled_from([Reason.TOO_SHORT, Reason.IN_WRITING, Reason.NO_FACE, Reason.ROUGH_TRANSCRIPT])


def _figures(low: float, high: float) -> st.SearchStrategy[Figure]:
    return st.one_of(
        st.floats(low, high, allow_nan=False).map(lambda value: Figure(value=value)),
        REASONS.map(lambda reason: Figure(reason=reason)),
    )


RATIO = _figures(0, 1)
SPEECHES = st.builds(
    lambda pace, pauses, fillers, pitch, clarity: speech(
        words_per_minute=pace,
        pause_ratio=pauses,
        fillers_per_minute=fillers,
        f0_standard_deviation_semitones=pitch,
        clarity=clarity,
    ),
    _figures(0, 400), RATIO, _figures(0, 60), _figures(0, 20), _figures(0, 100),
)  # fmt: skip
VISIONS = st.builds(
    lambda eyes, posture, face: vision(eye_contact=eyes, posture=posture, face_share=face), RATIO, RATIO, RATIO
)
PARTS = st.sampled_from(sorted(SCHEMES)).flatmap(
    lambda name: st.tuples(
        *(
            st.booleans().map(lambda found, part=part: StructurePart(name=part.name, found=found))
            for part in SCHEMES[name]
        )
    )
)
LANGUAGES = st.builds(
    lambda relevance, overlap, coverage, specificity, structure, parts: Language(
        relevance=relevance,
        question_overlap=overlap,
        coverage=coverage,
        specificity=specificity,
        structure=structure,
        structure_parts=list(parts),
        sentiment=Figure(value=0.0),
    ),
    RATIO, RATIO, RATIO, RATIO, RATIO, PARTS,
)  # fmt: skip


def _all(scores: Scores) -> list[Score]:
    return [scores.content, scores.structure, scores.delivery, scores.presence, scores.overall]


def _assert_adds_up(score: Score) -> None:
    if score.value.value is None:
        assert score.value.reason is not None
        assert all(part.points == 0 for part in score.parts)
        return
    assert 0 <= score.value.value <= 100
    assert sum(Decimal(str(part.points)) for part in score.parts) == Decimal(str(score.value.value))
    assert sum(part.weight for part in score.parts) == pytest.approx(1)
    for part in score.parts:
        assert part.points == pytest.approx(score.share * part.weight * (part.value.value or 0), abs=0.1001)
        if part.value.value is None:
            assert (part.weight, part.points) == (0, 0)


class TestParts:
    @given(SPEECHES, VISIONS, LANGUAGES)
    def test_add_up_exactly(self, speech_: object, vision_: object, language: Language) -> None:
        for score in _all(score_answer(speech_, vision_, language)):
            _assert_adds_up(score)

    @given(st.lists(st.tuples(SPEECHES, VISIONS, LANGUAGES), min_size=1, max_size=6))
    def test_of_an_interview_add_up_exactly(self, answers: list[tuple[object, object, Language]]) -> None:
        for score in _all(score_interview([score_answer(*answer) for answer in answers])):
            _assert_adds_up(score)

    @given(SPEECHES, VISIONS, LANGUAGES)
    def test_overall_is_the_sum_of_the_four(self, speech_: object, vision_: object, language: Language) -> None:
        scores = score_answer(speech_, vision_, language)
        assert {part.name: part.value for part in scores.overall.parts} == {
            score.name: score.value for score in _all(scores)[:4]
        }

    def test_of_one_answer_are_those_of_its_interview(self) -> None:
        scores = score_answer(speech(), vision(), case("production-incident").measured("short"))
        assert [score.value for score in _all(score_interview([scores]))] == [score.value for score in _all(scores)]


class TestNotMeasured:
    def test_in_writing_only_words_count(self) -> None:
        scores = case("production-incident").scored("good")
        assert scores.delivery.value == scores.presence.value == Figure(reason=Reason.IN_WRITING)
        weights = {part.name: part.weight for part in scores.overall.parts}
        assert weights == pytest.approx({"content": 2 / 3, "structure": 1 / 3, "delivery": 0, "presence": 0})

    def test_a_rough_transcript_scores_no_words(self) -> None:
        scores = score_answer(speech(), vision(), no_language(Reason.ROUGH_TRANSCRIPT))
        assert scores.content.value == scores.structure.value == Figure(reason=Reason.ROUGH_TRANSCRIPT)
        assert scores.delivery.value.value == 100

    @pytest.mark.parametrize("reason", [Reason.ROUGH_TRANSCRIPT, Reason.NO_SOUND, Reason.STAGE_FAILED])
    def test_delivery_alone_is_no_overall_score(self, reason: Reason) -> None:
        scores = score_answer(speech(), vision(), no_language(reason))
        assert scores.overall.value == Figure(reason=reason)
        assert score_interview([scores, scores]).overall.value == Figure(reason=reason)
        assert score_interview([scores]).delivery.value.value == scores.delivery.value.value

    def test_nor_is_form_without_a_question_to_answer(self) -> None:
        language = measure_language(None, Transcript(engine="typed", text=case("production-incident").answers["good"]))
        scores = score_answer(speech(), vision(), language)
        assert scores.structure.value.value
        assert scores.overall.value == Figure(reason=Reason.NO_QUESTION)

    def test_an_answer_without_words_leaves_the_others_score_alone(self) -> None:
        rough = score_answer(speech(), vision(), no_language(Reason.ROUGH_TRANSCRIPT))
        heard = score_answer(speech(), vision(), case("production-incident").measured("short"))
        assert score_interview([rough, heard]).overall.value == heard.overall.value

    @pytest.mark.parametrize("reason", [Reason.NO_WORDS, Reason.NO_VOICE])
    def test_nothing_said_is_worth_nothing(self, reason: Reason) -> None:
        scores = score_answer(speech(reason=Reason.NO_VOICE), vision(), no_language(reason))
        assert (scores.content.value.value, scores.structure.value.value) == (0, 0)
        assert (scores.overall.value.value or 0) <= 30

    def test_no_face_no_presence(self) -> None:
        nobody = vision(reason=Reason.NO_FACE, face_share=Figure(value=0.0))
        assert score_answer(speech(), nobody, no_language(Reason.ROUGH_TRANSCRIPT)).presence.value == Figure(
            reason=Reason.NO_FACE
        )

    def test_nothing_at_all(self) -> None:
        scores = score_answer(
            speech(reason=Reason.NO_SOUND), vision(reason=Reason.NO_PICTURE), no_language(Reason.NO_SOUND)
        )
        assert all(score.value.value is None for score in _all(scores))

    def test_an_interview_without_answers(self) -> None:
        assert all(score.value.value is None for score in _all(score_interview([])))

    def test_an_interview_takes_the_mean_of_those_measured(self) -> None:
        spoken = score_answer(speech(), vision(), no_language(Reason.ROUGH_TRANSCRIPT))
        slow = score_answer(speech(words_per_minute=Figure(value=60)), vision(), no_language(Reason.ROUGH_TRANSCRIPT))
        written = case("index-choice").scored("good")
        scores = score_interview([spoken, slow, written])
        assert scores.delivery.value.value == pytest.approx((100 + 70) / 2)
        assert scores.content.value == written.content.value


class TestExpression:
    def test_takes_no_part(self) -> None:
        language = case("index-choice").measured("good")
        glad = vision(
            smile_ratio=Figure(value=1.0), expression_distribution={"happy": 1.0}, dominant_expression="happy"
        )
        sad = vision(smile_ratio=Figure(value=0.0), expression_distribution={"sad": 1.0}, dominant_expression="sad")
        assert score_answer(speech(), glad, language) == score_answer(speech(), sad, language)


class TestTargets:
    @pytest.mark.parametrize("target", [*CONTENT, *DELIVERY, *PRESENCE], ids=lambda target: target.name)
    def test_worth_is_continuous_and_full_inside(self, target: Target) -> None:
        assert target.worth(target.low) == target.worth(target.high) == 100
        if target.zero_below is not None:
            assert target.worth(target.zero_below) == 0
            assert target.worth((target.low + target.zero_below) / 2) == pytest.approx(50)
        if target.zero_above is not None:
            assert target.worth(target.zero_above) == 0
            assert target.worth((target.high + target.zero_above) / 2) == pytest.approx(50)
        step = (target.high - target.low) / 1000
        values = [target.low - 2 * (target.high - target.low) + step * index for index in range(5000)]
        jumps = [abs(target.worth(value) - target.worth(value + step)) for value in values]
        assert max(jumps) < 2.5

    @pytest.mark.parametrize("targets", [CONTENT, DELIVERY, PRESENCE])
    def test_weights_sum_to_one(self, targets: tuple[Target, ...]) -> None:
        assert sum(target.weight for target in targets) == pytest.approx(1)
        assert sum(OVERALL_WEIGHTS.values()) == pytest.approx(1)

    def test_every_part_of_a_structure_has_a_weight(self) -> None:
        assert {part.name for scheme in SCHEMES.values() for part in scheme} == set(STRUCTURE_WEIGHTS)
