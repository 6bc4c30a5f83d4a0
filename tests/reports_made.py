"""Reports of answers in writing, measured and judged by the product's own code."""

from uuid import UUID

from intervi.accounts.principal import Principal
from intervi.analysis.figures import Decoded, Reason, Transcript
from intervi.coaching.feedback import answer_report
from intervi.coaching.scoring import score_answer
from intervi.database import transaction
from tests.e2e import seed
from workers.language import QuestionContext, measure_language
from workers.speech import no_speech
from workers.vision import no_vision

HOSTILE = (
    '#import "/etc/passwd": * \\ #panic() $x^2$ = Heading *bold* _it_ `code` <label> @ref // comment /* open ]] }} "quoted" \\u{1F600}',
    "<script>alert(1)</script> & <b>bold</b> {{ x }} %(x)s",
    "שלום עולם · مرحبا بالعالم · 你好，世界 · नमस्ते · 😀👩‍👩‍👧‍👦🏳️‍🌈 · Ω≈ç√ · Žluťoučký kůň · \u202ereversed\u202c · zero\u200bwidth",
    "W" * 4000,
    "control \x07\x1b[31m characters \x00 and \ud7ff \uffff",
)
"""What people may write or be heard to say."""


def written_answer(question: str, text: str) -> seed.Answer:
    """The analysis of an answer in writing."""
    transcript = Transcript(engine="typed", text=text)
    language = measure_language(QuestionContext(text=question, type="behavioral", points=seed.POINTS), transcript)
    speech, vision = no_speech(Reason.IN_WRITING), no_vision(Reason.IN_WRITING)
    scores = score_answer(speech, vision, language)
    report = answer_report(question, Decoded(), transcript, speech, vision, language, scores)
    return seed.Answer(Decoded(), transcript, speech, vision, language, scores, report)


async def a_report(
    principal: Principal, *texts: str, question: str = seed.QUESTION, job_title: str = "Engineer"
) -> UUID:
    """An interview with a report: each text answers the question, the last question was skipped."""
    async with transaction() as session:
        made = await seed.interview(session, principal)
        made.job_title = job_title
        answers = []
        # PostgreSQL takes no NUL, and nothing that is written through the product has one.
        said = [text.replace("\x00", "") for text in texts or (seed.WRITTEN,)]
        for position, text in enumerate(said, start=1):
            asked = await seed.exchange(session, made, position, question, text=text)
            answer = written_answer(question, text)
            await seed.analysed(session, principal, asked, answer)
            answers.append((asked, answer))
        await seed.exchange(session, made, len(answers) + 1, "Which of your decisions did you take back?", skipped=True)
        await seed.report_of(session, made, answers)
        return made.id
