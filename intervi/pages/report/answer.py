"""One question of the report."""

from functools import partial

import reflex as rx

from intervi.components import elements as e
from intervi.components.playback import moment, transcript
from intervi.pages.report.ledger import ledger
from intervi.pages.report.state import ReportState
from intervi.pages.report.view import AnswerView, Piece, StageView, StatementView
from intervi.reports.shown import FigureView, ScoreView
from intervi.translation import _


def answer_of(answer: rx.Var[AnswerView], *, owner: bool) -> rx.Component:
    """A question, what was answered, what is said of it, and how its scores came about.

    Args:
        owner: Whether it is shown to who answered, and may be corrected and tried again.
    """
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
                rx.cond(
                    (answer.state != "ready") | (answer.can_retry if owner else False), _progress(answer, owner=owner)
                ),
                _said(answer, owner=owner),
                _advice(answer),
                rx.cond(answer.figures.length() > 0, _figures(answer)),
                rx.cond(answer.scores.length() > 0, _scores(answer)),
            ),
        ),
        class_name="answer",
        id="q" + answer.number,
    )


def _progress(answer: rx.Var[AnswerView], *, owner: bool) -> rx.Component:
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
        )
        if owner
        else rx.fragment(),
        class_name="stack",
    )


def _stage(stage: rx.Var[StageView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(stage.label),
        rx.el.span(stage.found),
        class_name=rx.Var.create("stage stage--") + stage.status,
    )


def _said(answer: rx.Var[AnswerView], *, owner: bool) -> rx.Component:
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
                        )
                        if owner
                        else _("These words are a rough guess, so the content is not scored by them."),
                        class_name="notice",
                    ),
                ),
                rx.cond(ReportState.editing == answer.id, _editor(answer), _words(answer, owner=True))
                if owner
                else _words(answer, owner=False),
                class_name="said",
            ),
        ),
    )


def _words(answer: rx.Var[AnswerView], *, owner: bool) -> rx.Component:
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
                    " ",
                    _("a pause"),
                    rx.cond(answer.can_play, " · " + _("a click on a word plays from there"), ""),
                ),
            ),
            e.text_button(_("Correct the words"), on_click=ReportState.edit(answer.id)) if owner else rx.fragment(),
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
        listed(_("What was good"), "good", answer.good),
        listed(_("What was missing"), "missing", answer.missing),
        listed(_("How to say it better"), "better", answer.better),
        rx.cond(
            answer.rewrite.length() > 0,
            rx.el.section(
                rx.el.h3(_("As it could be said"), class_name="label"),
                rx.el.p(rx.foreach(answer.rewrite, _piece), class_name="rewrite measure"),
                e.small(_("From the answer's own words; what is missing stands in brackets.")),
                class_name="said",
            ),
        ),
        rx.foreach(answer.notes, lambda note: e.small(note.text)),
    )


def _piece(piece: rx.Var[Piece]) -> rx.Component:
    return rx.cond(piece.is_gap, rx.el.mark(piece.text, class_name="gap"), piece.text)


def _statement(statement: rx.Var[StatementView], *, kind: str) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(statement.text),
            rx.cond(statement.quotation != "", rx.el.blockquote(statement.quotation)),
        ),
        rx.cond(statement.play != "", moment(statement.play, statement.at)),
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
        rx.el.div(
            rx.cond(answer.judge != "", e.small(_("Content and structure: "), answer.judge, ".")),
            rx.el.div(rx.foreach(answer.scores, _score), class_name="columns"),
            class_name="stack",
        ),
    )


def _score(score: rx.Var[ScoreView]) -> rx.Component:
    return rx.el.div(
        rx.el.h4(
            rx.el.span(score.label, class_name=rx.Var.create("key hue--") + score.name),
            class_name="label",
        ),
        rx.cond(score.value != "", ledger(score), e.small(score.note)),
        class_name="said",
    )
