"""Texts that are built into the pages, and how they change their language in the browser.

While the pages are built, :func:`intervi.translation._` gives no text but a call of ``t`` (``words.jsx``), which Reflex compiles into the
page like any other expression. English stands in the page itself; the words of another language are a file of their own, loaded by those
who read it. :class:`intervi.frontend.WordFiles` writes them, with what the pages asked for and nothing else. Who writes a page does nothing
but ``_("…")``.
"""

import json
from http.cookies import CookieError, SimpleCookie
from typing import Any

import reflex as rx
from reflex.middleware import Middleware
from reflex.state import BaseState
from reflex_base.components.component import Component
from reflex_base.event import Event
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.base import LiteralVar, VarData

from intervi.frontend import built_in
from intervi.translation import COOKIE, LANGUAGES, Values, current_locale, spoken, spoken_later

_LIBRARY = rx.asset("words.jsx", shared=True).importable_path


def in_browser(message: str, plural: str, values: Values) -> str:
    """What stands for a text in a page that is being built: see :func:`intervi.translation.spoken_later`."""
    built_in.add(message)
    arguments = [json.dumps(message)]
    if values:
        arguments.append(str(LiteralVar.create(dict(values))))
    if plural:
        arguments.append(json.dumps(plural))
    imports = {_LIBRARY: [ImportVar(tag="t")]}
    call: rx.Var[str] = rx.Var(f"t({', '.join(arguments)})", _var_type=str, _var_data=VarData(imports=imports))
    # As Reflex has an expression inside of a string: so a text can be put together with others before it is used.
    return f"{call}"


def cookie(header: str, name: str) -> str:
    """A cookie of a ``Cookie`` header; empty if there is none or the header is broken."""
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


class Localized(rx.State):
    """What the pages of this window speak."""

    locale: str = ""
    """Empty until the server has said so: then it is what the browser asks for."""

    def speak(self, wish: str) -> None:
        """What this handler says from here on, and the page: the language that is wished for, else what the browser asks for."""
        locale = spoken(wish, self.router.headers.accept_language)
        current_locale.set(locale)
        if self.locale != locale:
            self.locale = locale

    def speak_to_anybody(self) -> None:
        """As :meth:`speak`, to whoever it is: as the pages in this browser spoke last."""
        self.speak(cookie(self.router.headers.cookie, COOKIE))


class Speaking(Middleware):
    """Every handler speaks what its page speaks from its first word on, and so do the values that are computed after it.

    A handler that asks who is signed in speaks as they wish from there on; most of what one chooses and most of what a form lacks is said
    by handlers that never ask.
    """

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> None:
        """Sets the language for the event that follows."""
        page = await state.get_state(Localized)
        headers = page.router.headers
        current_locale.set(spoken(page.locale, cookie(headers.cookie, COOKIE), headers.accept_language))


_values_of = Localized.dict


def _values(state: rx.State, *arguments: Any, **options: Any) -> Any:
    """The values of a state are no part of a page, also where they are read while pages are built: their texts are spoken at once."""
    with spoken_later(None):
        return _values_of(state, *arguments, **options)


# Written into the class it would count as an event handler.
setattr(Localized, "dict", _values)  # noqa: B010


class Words(Component):
    """Around everything: what is within speaks ``locale``."""

    library = _LIBRARY
    tag = "Words"

    locale: rx.Var[str]


class Said(Component):
    """A text outside of what :class:`Words` draws anew."""

    library = _LIBRARY
    tag = "Said"

    text: rx.Var[str]


def said(message: str) -> rx.Component:
    """A text (marked with ``N_``) that stands around the pages and not in one."""
    built_in.add(message)
    return Said.create(text=message)


_CHOOSE = """
(() => {
  const root = document.documentElement;
  const kept = document.cookie.match(/(?:^|; )language=(\\w+)/)?.[1];
  const wishes = [kept, ...navigator.languages].filter(Boolean).map((tag) => tag.split("-")[0]);
  const language = wishes.find((wish) => LANGUAGES.includes(wish)) ?? root.lang;
  if (language === root.lang) return;
  root.lang = language;
  root.dataset.awaits = "words";
  setTimeout(() => delete root.dataset.awaits, 3000);
})();
"""
"""Pages are built in the first language. Who reads another one would see them in that first: so they are shown once the words are there
(``words.jsx``), or after a while in any case. What is chosen stands in the document's ``lang``."""


def before_the_first_frame() -> rx.Component:
    """For the head of every page: in which language it is going to be."""
    script = _CHOOSE.replace("LANGUAGES", json.dumps(list(LANGUAGES)))
    return rx.el.script(custom_attrs={"dangerouslySetInnerHTML": {"__html": script}})


def unless_english(*content: Component) -> rx.Component:
    """What only readers of another language need to be told."""
    return rx.cond((Localized.locale != "") & (Localized.locale != "en"), rx.fragment(*content))


def words() -> rx.Component:
    """The component around the application."""
    return Words.create(locale=Localized.locale)
