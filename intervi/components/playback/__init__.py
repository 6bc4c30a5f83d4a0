"""The recordings of an interview, played in step with their timeline and transcript.

``player.jsx`` (picture or sound, transport, timeline), ``transcript.jsx`` (words that follow the player and lead it), ``store.js`` (what
is played, shared by both). Any element with ``data-play="answer:start:end"`` plays that moment (:func:`moment`).
No media goes through the page's socket: the player reads signed links with range requests.
"""

import reflex as rx

from intervi.translation import _

rx.asset("store.js", shared=True)
_PLAYER = rx.asset("player.jsx", shared=True).importable_path
_TRANSCRIPT = rx.asset("transcript.jsx", shared=True).importable_path


class Player(rx.NoSSRComponent):
    """One player for all recorded answers of an interview."""

    library = _PLAYER
    tag = "Player"

    answers: rx.Var[list]
    """``intervi.pages.report.playable.Recording`` each."""
    words: rx.Var[dict]
    on_stale: rx.EventHandler[rx.event.no_args_event_spec]
    """A link has expired; the page answers with new ones."""


class Transcript(rx.NoSSRComponent):
    """The words of one answer."""

    library = _TRANSCRIPT
    tag = "Transcript"

    answer: rx.Var[str]
    tokens: rx.Var[list]
    """``intervi.pages.report.view.Token`` each."""


def player(answers: rx.Var[list], on_stale: rx.EventHandler) -> rx.Component:
    """The player with its timeline."""
    words = {
        "play": _("Play"),
        "pause": _("Pause"),
        "position": _("Position"),
        "answer": _("Answer"),
        "sound": _("Sound only"),
        "broken": _("This recording cannot be played here."),
        "marks": _("Marks on the timeline"),
        "earlier": _("Mark before"),
        "later": _("Next mark"),
    }
    return Player.create(answers=answers, words=words, on_stale=on_stale)


def transcript(answer: rx.Var[str], tokens: rx.Var[list]) -> rx.Component:
    """The words; a click on one plays from there."""
    return Transcript.create(answer=answer, tokens=tokens)


def moment(reference: rx.Var[str] | str, label: rx.Var[str] | str) -> rx.Component:
    """A button that plays a moment: ``reference`` is ``answer:start:end``, ``label`` its time as shown."""
    return rx.el.button(
        rx.el.span(_("Play"), class_name="unseen"),
        label,
        type="button",
        class_name="play",
        custom_attrs={"data-play": reference},
    )
