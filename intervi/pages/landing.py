"""The front page, ``/``, for whoever is not signed in."""

import reflex as rx

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.components.words import unless_english
from intervi.pages.landing_figures import Published, published
from intervi.pages.practice.words import english_questions
from intervi.pages.session import HOME, Session
from intervi.privacy import what_leaves
from intervi.translation import _


class LandingState(Session):
    """Leads people who are signed in to their overview."""

    @rx.event
    async def open(self):
        """Looks whether somebody is signed in."""
        return rx.redirect(HOME, replace=True) if await self.is_signed_in() else None


def page() -> rx.Component:
    """What this is, what it measures, and where it stays."""
    return frame(
        rx.el.div(
            rx.el.div(
                rx.el.h1(_("Practise the interview before the interview."), class_name="title title--hero"),
                rx.el.p(
                    _(
                        "You are asked a question, you answer on camera, and minutes later you read what you said and how: "
                        "every statement plays the moment it is about."
                    ),
                    class_name="lead quiet",
                ),
                rx.el.div(
                    e.primary_link(_("Create an account"), "/register"),
                    e.link_button(_("Read a whole sample report"), "/sample"),
                    class_name="row",
                ),
                unless_english(e.small(english_questions())),
                class_name="stack",
            ),
            _picture(),
            class_name="hero",
        ),
        rx.el.div(*(_fact(name, text) for name, text in _facts().items()), class_name="facts"),
        _exactness(),
        signed_in=False,
    )


def _picture() -> rx.Component:
    """A report as it is, in the colours of the page around it."""
    described = _("A report: the overall score as the sum of its four parts, and three things to work on")
    return rx.el.div(
        *(
            rx.el.img(
                src=f"/report-{mode}.webp",
                alt=described,
                loading="lazy",
                class_name=f"specimen--{mode}",
                # Attributes, which keep its place before it is there; Reflex would make properties of the style of them.
                custom_attrs={"width": "1240", "height": "1412"},
            )
            for mode in ("light", "dark")
        ),
        class_name="specimen",
    )


def _facts() -> dict[str, str]:
    return {
        _("What you say"): _(
            "The points of a good answer that yours covers, its structure, how concrete it is. "
            "An empty or copied answer scores at the bottom; a brief good one does not."
        ),
        _("How you say it"): _(
            "Words a minute, pauses with their times, fillers, and how your voice rises and falls, each beside its target range."
        ),
        _("How you come across"): _(
            "Eye contact and posture against your own neutral, from the picture of your camera."
        ),
        _("Measured, not guessed"): _(
            "Every figure names what it was measured on. What could not be measured says why; there are no made-up values."
        ),
        _("Where it stays"): what_leaves(),
        _("No camera needed"): _(
            "Answer by voice alone or in writing; the report says what it could not measure then."
        ),
    }


def _fact(name: str, text: str) -> rx.Component:
    return rx.el.div(e.heading(name), e.quiet(text))


def _exactness() -> rx.Component:
    """How far the figures err, as published."""
    return rx.el.section(
        e.heading(_("How exact it is")),
        e.quiet(
            _(
                "Measured on voices and faces that were made, so that the truth is known: mean error ± its spread. "
                "People vary more, so expect larger errors with real ones. How each figure is measured is in docs/measurements.md."
            )
        ),
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th(_("Figure"), scope="col"),
                        rx.el.th(_("Quiet room, good light"), scope="col"),
                        rx.el.th(_("Noise of 10 dB below the voice, or a dark room"), scope="col"),
                    )
                ),
                rx.el.tbody(*(_published(figure) for figure in published())),
                class_name="ledger",
            ),
            class_name="scrolls",
            tab_index=0,
            role="region",
            aria_label=_("How exact it is"),
        ),
        class_name="stack exactness",
    )


def _published(figure: Published) -> rx.Component:
    def cell(value: str) -> rx.Component:
        # An angle's sign stands at its number, every other unit after a space.
        space = "" if figure.unit in ("", "°") else "\N{NO-BREAK SPACE}"
        return rx.el.td(f"{value}{space}{figure.unit}".replace("-", "\N{MINUS SIGN}"))

    return rx.el.tr(rx.el.th(_(figure.name), scope="row"), cell(figure.plain), cell(figure.bad))
