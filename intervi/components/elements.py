"""The base elements that pages are made of. Their looks are in ``assets/styles``, by class name."""

import reflex as rx

from intervi.translation import _

Text = str | rx.Var[str]


def title(text: Text, **props: object) -> rx.Component:
    """The page's one title."""
    return rx.el.h1(text, class_name="title", **props)


def heading(text: Text, **props: object) -> rx.Component:
    """The title of a section."""
    return rx.el.h2(text, class_name="heading", **props)


def quiet(*content: rx.Component | Text, **props: object) -> rx.Component:
    """Secondary text."""
    return rx.el.p(*content, class_name="quiet", **props)


def small(*content: rx.Component | Text, **props: object) -> rx.Component:
    """Small secondary text."""
    return rx.el.p(*content, class_name="quiet small", **props)


def primary_link(text: Text, href: Text) -> rx.Component:
    """The page's one primary action, where it leads to another page."""
    return rx.el.a(text, href=href, class_name="button button--primary")


def link_button(text: Text, href: Text) -> rx.Component:
    """Any other action that leads to another page."""
    return rx.el.a(text, href=href, class_name="button")


def button(text: Text, **props: object) -> rx.Component:
    """An action on this page."""
    return rx.el.button(text, type=props.pop("type", "button"), class_name="button", **props)


def text_button(text: Text, **props: object) -> rx.Component:
    """An action that reads like a link."""
    return rx.el.button(text, type="button", class_name="link", **props)


def chip(text: Text, kind: Text) -> rx.Component:
    """A state: ``plain``, ``working``, ``ready`` or ``failed``, told by a shape and a word."""
    return rx.el.span(text, class_name=rx.Var.create("chip chip--") + kind)


def choice(label: Text, value: rx.Var[str], *options: rx.Component, **props: object) -> rx.Component:
    """One of several, as a pill that says what it is about: a filter, or the order of a list. The option ``""`` stands for none."""
    return rx.el.label(
        rx.el.span(label),
        rx.el.select(*options, value=value, **props),
        class_name="filter",
    )


def filter_on(label: Text, without: Text) -> rx.Component:
    """A filter that is on, and the way to the list without it."""
    return rx.el.a(
        rx.el.span(label),
        rx.el.span(" ×", aria_hidden="true"),
        rx.el.span(_("; take this filter away"), class_name="unseen"),
        href=without,
        class_name="tag tag--off",
    )


def card(*content: rx.Component, **props: object) -> rx.Component:
    """A raised surface."""
    return rx.el.section(*content, class_name="card stack", **props)


def skeleton(height: str, width: str = "100%") -> rx.Component:
    """Where something is about to be."""
    return rx.el.div(class_name="skeleton", style={"height": height, "width": width}, aria_hidden="true")


def loading(text: str) -> rx.Component:
    """A page's content before it is there."""
    return rx.el.div(
        rx.el.span(text, class_name="unseen"),
        skeleton("40px", "60%"),
        skeleton("20px", "40%"),
        skeleton("160px"),
        class_name="stack",
        role="status",
    )


def toast(text: Text, is_there: rx.Var[bool], *actions: rx.Component) -> rx.Component:
    """What was just done, at the foot of the window, with the way back. Its place is always there, for screen readers."""
    return rx.el.div(
        rx.cond(is_there, rx.el.div(rx.el.span(text), *actions, class_name="toast")), role="status", class_name="toasts"
    )


def busy(is_busy: rx.Var[bool], text: str) -> rx.Component:
    """A slim line that moves while something is being looked for, and the word for it."""
    return rx.el.div(
        rx.cond(is_busy, rx.el.span(text, class_name="unseen")),
        role="status",
        class_name=rx.cond(is_busy, "busy busy--on", "busy"),
    )


def bar(share: Text, label: Text) -> rx.Component:
    """How far something is: a slim bar, ``share`` (``"62%"``) of it filled, and in words for those who do not see it."""
    return rx.el.div(rx.el.span(style={"width": share}), class_name="bar", role="img", aria_label=label)


def empty(title_: Text, text: Text, *actions: rx.Component) -> rx.Component:
    """Where nothing is yet: what will be there, and the next step to it."""
    return rx.el.div(
        rx.el.h2(title_, class_name="heading"),
        rx.el.p(text, class_name="quiet"),
        rx.el.div(*actions, class_name="row") if actions else rx.fragment(),
        class_name="empty stack",
    )


def failed(text: Text, on_retry: rx.EventHandler) -> rx.Component:
    """Where something could not be read."""
    return rx.el.div(
        rx.el.p(text),
        button(_("Try again"), on_click=on_retry),
        class_name="notice notice--act stack",
        role="alert",
    )
