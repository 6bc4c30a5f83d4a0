"""How the report looks."""

from functools import partial

import reflex as rx

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.components.playback import moment, player, transcript
from intervi.pages.report.state import ReportState
from intervi.pages.report.view import AnswerView, StageView, StatementView
from intervi.reports.shown import FigureView, PartView, ScoreView
from intervi.translation import _


def page() -> rx.Component:
    """One interview: scores and advice first, then question by question."""
    view = ReportState.view
    return frame(
        rx.cond(view.state == "loading", e.loading(_("Loading the report")), _report()),
        here="/history",
    )


def _report() -> rx.Component:
    view = ReportState.view
    return rx.el.div(
        rx.el.div(
            e.small(view.date, " · ", view.facts),
            e.title(view.title),
            rx.cond(
                ReportState.notice != "",
                rx.el.p(ReportState.notice, class_name="notice notice--act", role="alert"),
            ),
            class_name="report-head stack stack--tight",
        ),
        rx.el.div(_first(), class_name="report-first stack stack--wide"),
        rx.cond(
            view.recordings.length() > 0,
            rx.el.div(
                rx.el.h2(_("Recording"), class_name="unseen"),
                player(view.recordings, ReportState.renew),
                class_name="report-player",
            ),
        ),
        rx.el.div(rx.foreach(view.answers, _answer), class_name="report-rest"),
        class_name=rx.cond(view.recordings.length() > 0, "report", "report report--silent"),
    )


def _first() -> rx.Component:
    """What the page leads with, by where the interview stands."""
    return rx.match(
        ReportState.view.state,
        ("ready", _scores_and_tasks()),
        (
            "working",
            rx.el.div(
                e.heading(_("Your answers are being analysed")),
                e.quiet(_("You can leave this page at any time; it goes on. Every step keeps what it has found.")),
                class_name="stack stack--tight",
                role="status",
            ),
        ),
        (
            "running",
            rx.el.div(
                e.heading(_("This interview is not over")),
                e.quiet(_("The report follows when it is.")),
                rx.el.div(e.primary_link(_("Go on with it"), "/practice/" + ReportState.view.id), class_name="row"),
                class_name="stack",
            ),
        ),
        ("cancelled", e.quiet(_("This interview was cancelled."))),
        e.quiet(_("No question of this interview was answered, so there is nothing to report.")),
    )


def _scores_and_tasks() -> rx.Component:
    view = ReportState.view
    return rx.fragment(
        rx.foreach(view.overall, _overall),
        rx.cond(view.failed != "", rx.el.p(view.failed, class_name="notice")),
        rx.cond(
            view.work_on.length() > 0,
            rx.el.section(
                e.heading(_("To work on")),
                rx.el.ol(rx.foreach(view.work_on, _task), class_name="tasks"),
                class_name="stack",
            ),
        ),
    )


def _overall(score: rx.Var[ScoreView]) -> rx.Component:
    view = ReportState.view
    return e.card(
        rx.el.div(
            rx.el.div(
                rx.el.span(_("Overall score"), class_name="label quiet"),
                rx.el.div(
                    rx.cond(
                        view.score != "",
                        rx.fragment(
                            rx.el.span(view.score, class_name="score-number"),
                            rx.el.span(_("of 100"), class_name="quiet"),
                        ),
                        rx.el.span(score.note, class_name="quiet"),
                    ),
                    class_name="row",
                    style={"align_items": "baseline"},
                ),
                class_name="stack stack--tight",
            ),
        ),
        rx.cond(view.score_note != "", e.small(view.score_note)),
        rx.cond(score.value != "", _sum(score)),
    )


def _sum(score: rx.Var[ScoreView]) -> rx.Component:
    """The four parts as lengths of a bar that stands for 100, and the sum in figures below it."""
    return rx.el.div(
        rx.el.div(
            rx.foreach(
                score.parts,
                lambda part: rx.el.span(class_name=rx.Var.create("hue--") + part.name, style={"width": part.width}),
            ),
            class_name="sum",
            aria_hidden="true",
        ),
        rx.el.details(
            rx.el.summary(
                rx.el.span(_("How it adds up"), class_name="label"),
            ),
            _ledger(score),
            open=True,
        ),
        class_name="stack",
    )


def _ledger(score: rx.Var[ScoreView], *, with_keys: bool = True) -> rx.Component:
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th(_("Part"), scope="col"),
                rx.el.th(_("Score"), scope="col"),
                rx.el.th(_("Weight"), scope="col"),
                rx.el.th(_("Points"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(score.parts, partial(_ledger_row, with_keys=with_keys))),
        rx.el.tfoot(
            rx.el.tr(rx.el.th(_("Sum"), scope="row", col_span=3), rx.el.td(score.value)),
        ),
        class_name="ledger",
    )


def _ledger_row(part: rx.Var[PartView], *, with_keys: bool) -> rx.Component:
    key = rx.Var.create("key hue--") + part.name if with_keys else ""
    return rx.el.tr(
        rx.el.th(rx.el.span(part.label, class_name=key), scope="row"),
        rx.cond(
            part.value != "",
            rx.fragment(rx.el.td(part.value), rx.el.td("× ", part.weight), rx.el.td(part.points)),
            rx.el.td(part.note, col_span=3, class_name="quiet"),
        ),
    )


def _task(task: rx.Var[StatementView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(task.text),
            rx.cond(task.number != "", e.small(_("Question"), " ", task.number)),
        ),
        rx.cond(task.play != "", moment(task.play, task.at)),
    )


# --- one question ---------------------------------------------------------------------------------------------------


def _answer(answer: rx.Var[AnswerView]) -> rx.Component:
    return rx.el.article(
        rx.el.header(
            e.small(_("Question"), " ", answer.number),
            rx.el.h2(answer.question, class_name="question"),
            class_name="stack stack--tight",
        ),
        rx.match(
            answer.state,
            ("skipped", e.quiet(_("Skipped."))),
            ("open", e.quiet(_("Not answered yet."))),
            rx.fragment(
                rx.cond(answer.state != "ready", _progress(answer), rx.cond(answer.can_retry, _progress(answer))),
                _said(answer),
                _advice(answer),
                rx.cond(answer.figures.length() > 0, _figures(answer)),
                rx.cond(answer.scores.length() > 0, _scores(answer)),
            ),
        ),
        class_name="answer",
        id="q" + answer.number,
    )


def _progress(answer: rx.Var[AnswerView]) -> rx.Component:
    return rx.el.div(
        rx.cond(answer.error != "", rx.el.p(answer.error, class_name="notice notice--act")),
        rx.cond(
            answer.stages.length() > 0,
            rx.el.ol(rx.foreach(answer.stages, _stage), class_name="stages", aria_label=_("Steps of the analysis")),
            e.quiet(_("The recording is still on its way; the analysis begins when it has arrived.")),
        ),
        rx.cond(
            answer.can_retry,
            rx.el.div(
                e.button(_("Try again"), on_click=ReportState.retry(answer.analysis_id)),
                e.small(_("Only what failed is done again.")),
                class_name="row",
            ),
        ),
        class_name="stack",
    )


def _stage(stage: rx.Var[StageView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(stage.label),
        rx.el.span(stage.found),
        class_name=rx.Var.create("stage stage--") + stage.status,
    )


def _said(answer: rx.Var[AnswerView]) -> rx.Component:
    """The answer itself: typed, recognised or corrected."""
    return rx.el.section(
        rx.cond(
            answer.typed != "",
            rx.el.div(
                rx.el.h3(_("Your answer in writing"), class_name="label"),
                rx.el.p(answer.typed, class_name="measure"),
                class_name="said",
            ),
        ),
        rx.cond(
            answer.can_correct,
            rx.el.div(
                rx.el.div(
                    rx.el.h3(_("What you said"), class_name="label"),
                    rx.el.span(answer.engine, class_name="quiet small"),
                    rx.cond(answer.rough, rx.el.span(_("rough"), class_name="tag tag--watch")),
                    class_name="row",
                ),
                rx.cond(
                    answer.rough,
                    rx.el.p(
                        _(
                            "These words are a rough guess, so the content is not scored by them. "
                            "Correct them, and it will be."
                        ),
                        class_name="notice",
                    ),
                ),
                rx.cond(ReportState.editing == answer.id, _editor(answer), _words(answer)),
                class_name="said",
            ),
        ),
    )


def _words(answer: rx.Var[AnswerView]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            answer.tokens.length() > 0,
            transcript(answer.id, answer.tokens),
            rx.cond(
                answer.text != "",
                rx.el.p(answer.text, class_name="transcript measure"),
                e.quiet(_("No words were found in this recording.")),
            ),
        ),
        rx.el.div(
            rx.cond(
                answer.tokens.length() > 0,
                e.small(
                    rx.el.span(_("fillers"), class_name="transcript-filler"),
                    " · ",
                    rx.el.span("1.2 s", class_name="transcript-pause"),
                    _("a pause"),
                    " · ",
                    _("a click on a word plays from there"),
                ),
            ),
            e.text_button(_("Correct the words"), on_click=ReportState.edit(answer.id)),
            class_name="row row--between",
        ),
        class_name="said",
    )


def _editor(answer: rx.Var[AnswerView]) -> rx.Component:
    field = "words-of-" + answer.id
    return rx.el.form(
        rx.el.input(type="hidden", name="exchange_id", value=answer.id, read_only=True),
        rx.el.label(
            _("Write what you really said. Content and structure are then judged by your words."), html_for=field
        ),
        rx.el.textarea(
            id=field, name="text", default_value=answer.text, rows="10", max_length=50_000, class_name="input"
        ),
        rx.el.div(
            rx.el.button(_("Use these words"), type="submit", class_name="button"),
            e.text_button(_("Leave them as they are"), on_click=ReportState.leave_editor),
            class_name="row",
        ),
        on_submit=ReportState.correct,
        class_name="said",
    )


def _advice(answer: rx.Var[AnswerView]) -> rx.Component:
    def listed(heading: str, kind: str, statements: rx.Var[list[StatementView]]) -> rx.Component:
        return rx.cond(
            statements.length() > 0,
            rx.el.section(
                rx.el.h3(heading, class_name="label"),
                rx.el.ul(rx.foreach(statements, partial(_statement, kind=kind)), class_name="said"),
                class_name="said",
            ),
        )

    return rx.fragment(
        rx.el.div(
            listed(_("What was good"), "good", answer.good),
            listed(_("What was missing"), "missing", answer.missing),
            class_name="columns",
        ),
        listed(_("How to say it better"), "better", answer.better),
        rx.cond(
            answer.rewrite != "",
            rx.el.details(
                rx.el.summary(rx.el.span(_("Your own sentences in a better order"), class_name="label")),
                rx.el.p(answer.rewrite, class_name="measure"),
            ),
        ),
        rx.foreach(answer.notes, lambda note: e.small(note.text)),
    )


def _statement(statement: rx.Var[StatementView], *, kind: str) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(statement.text),
            rx.cond(statement.quotation != "", rx.el.blockquote(statement.quotation)),
            rx.cond(
                statement.play != "",
                rx.el.div(moment(statement.play, statement.at), style={"padding_top": "6px"}),
            ),
        ),
        class_name=f"statement statement--{kind}",
    )


def _figures(answer: rx.Var[AnswerView]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(_("Figures"), class_name="label"),
        rx.el.div(rx.foreach(answer.figures, _figure), class_name="figures"),
        class_name="said",
    )


def _figure(figure: rx.Var[FigureView]) -> rx.Component:
    return rx.el.div(
        rx.el.span(figure.label, class_name="small quiet"),
        rx.cond(
            figure.note != "",
            rx.el.p(figure.note, class_name="small quiet"),
            rx.fragment(
                rx.el.span(
                    figure.value,
                    " ",
                    rx.el.span(figure.unit, class_name="small quiet"),
                    class_name="figure-value",
                ),
                rx.el.div(
                    rx.el.span(
                        class_name="band-target", style={"left": figure.target_start, "width": figure.target_width}
                    ),
                    rx.el.span(class_name="band-mark", style={"left": figure.mark}),
                    class_name="band",
                    aria_hidden="true",
                ),
                rx.el.span(
                    rx.el.span(figure.judgement, class_name=rx.Var.create("judged judged--") + figure.kind),
                    rx.el.span(" · ", figure.target),
                    class_name="small quiet",
                ),
                rx.cond(figure.basis != "", rx.el.span(figure.basis, class_name="small quiet")),
            ),
        ),
        class_name="figure",
    )


def _scores(answer: rx.Var[AnswerView]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.el.span(_("How the scores of this answer came about"), class_name="label")),
        rx.el.div(rx.foreach(answer.scores, _score), class_name="columns"),
    )


def _score(score: rx.Var[ScoreView]) -> rx.Component:
    return rx.el.div(
        rx.el.h4(
            rx.el.span(score.label, class_name=rx.Var.create("key hue--") + score.name),
            class_name="label",
        ),
        rx.cond(score.value != "", _ledger(score, with_keys=False), e.small(score.note)),
        class_name="said",
    )
