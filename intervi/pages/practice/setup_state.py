"""What the set-up of an interview knows and does."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from intervi.errors import InterviError, NotAuthenticated
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Origin, Persona, SessionType
from intervi.pages import kinds
from intervi.pages.practice import words
from intervi.pages.practice.choices import Choices, last_time
from intervi.pages.session import Session
from intervi.translation import _

WHAT, HOW, LONG, WAY, CHECK = range(5)
_WISHES = {
    "kind": kinds.choices,
    "domain": words.domains,
    "minutes": lambda: [str(minutes) for minutes in words.MINUTES],
}
"""What an address may choose, and from what (``/practice?kind=behavioral&minutes=10``)."""
_LOOKED_AT = 20
"""So many of the newest interviews are searched for one that was set up here."""


class SetupState(Session):
    """What was chosen so far. Nothing is kept before the interview begins."""

    step: int = WHAT
    pasting: bool = False
    domain: str = ""
    job_title: str = ""
    job_description: str = ""
    kind: str = "mixed"
    difficulty: str = "mid"
    persona: str = Persona.TECH
    minutes: int = 20
    way: str = SessionType.VIDEO
    before: dict[str, Any] = rx.field(default_factory=dict)
    """The choices of last time, by name; empty for a newcomer."""
    before_text: str = ""
    ready: bool = False
    starting: bool = False
    error: str = ""

    @rx.event
    async def open(self):
        """Begins the conversation, with the choices of last time as what is offered."""
        try:
            async with self.signed_in() as (session, principal):
                newest = await interviews.list_newest(session, principal, limit=_LOOKED_AT)
        except NotAuthenticated:
            return self.to_sign_in()
        self.reset()
        if known := last_time(newest):
            self.before, self.before_text = known.as_dict(), _in_words(known)
            self._take(known)
        self._wish(self.router.url.query_parameters)
        return None

    @rx.event
    def as_last_time(self):
        """Everything is chosen as it was."""
        self._take(Choices(**self.before))
        self.step = CHECK

    @rx.event
    def choose_domain(self, slug: str):
        """For one of the fields of the question bank."""
        self.domain, self.job_title, self.job_description = slug, "", ""
        self.pasting, self.step = False, HOW

    @rx.event
    def paste(self):
        """For a job of their own."""
        self.pasting = True

    @rx.event
    def take_job(self, form: dict[str, Any]):
        """The job's title, and the text of its advertisement if there is one."""
        title, description = str(form.get("title", "")).strip(), str(form.get("description", "")).strip()
        if not title:
            self.error = _("Say what the job is called. The description may stay empty.")
            return
        self.domain, self.job_title, self.job_description = "", title, description
        self.error, self.step = "", HOW

    @rx.event
    def choose_kind(self, kind: str):
        self.kind = kind

    @rx.event
    def choose_difficulty(self, difficulty: str):
        self.difficulty = difficulty

    @rx.event
    def choose_persona(self, persona: str):
        self.persona = persona

    @rx.event
    def choose_minutes(self, minutes: int):
        self.minutes, self.step = minutes, WAY

    @rx.event
    def choose_way(self, way: str):
        """How they answer; writing needs no device."""
        self.way, self.ready, self.step = way, way == SessionType.TEXT, CHECK

    @rx.event
    def go_to(self, step: int):
        """On, or back to change something."""
        self.error, self.step = "", max(WHAT, min(step, CHECK))

    @rx.event
    def devices_ready(self, ready: bool):
        self.ready = ready

    @rx.event
    async def start(self):
        """Makes the interview, starts it, and opens its room."""
        self.error = ""
        try:
            async with self.signed_in() as (session, principal):
                interview = await interviews.create(
                    session,
                    principal,
                    origin=Origin.PRACTICE,
                    session_type=SessionType(self.way),
                    domain=self.domain or None,
                    question_kind=self.kind,
                    difficulty=self.difficulty,
                    persona=Persona(self.persona),
                    job_title=self.job_title,
                    job_description=self.job_description,
                    duration_minutes=self.minutes,
                )
                await lifecycle.start(session, principal, interview.id)
        except NotAuthenticated:
            return self.to_sign_in()
        except InterviError as error:
            self.error = " ".join([error.message, *(text for texts in error.details.values() for text in texts)])
            return None
        return rx.redirect(f"/practice/{interview.id}")

    def _wish(self, wishes: Mapping[str, str]) -> None:
        """Takes the choices that the address asks for; whoever has practised before can begin with them at once."""
        asked = {name: wishes[name] for name, known in _WISHES.items() if wishes.get(name) in known()}
        if not asked:
            return
        self.kind, self.domain = asked.get("kind", self.kind), asked.get("domain", self.domain)
        self.minutes = int(asked.get("minutes", self.minutes))
        if "domain" in asked:
            self.job_title, self.job_description, self.pasting = "", "", False
        if self.before:
            self.step = CHECK
        elif self.domain:
            self.step = HOW

    def _take(self, choices: Choices) -> None:
        for name, value in choices.as_dict().items():
            setattr(self, name, value)
        self.pasting = not choices.domain
        self.ready = choices.way == SessionType.TEXT

    @rx.var
    def what_text(self) -> str:
        return words.domains().get(self.domain, self.job_title)

    @rx.var
    def how_text(self) -> str:
        return ", ".join(
            [
                kinds.choices().get(self.kind, ""),
                kinds.levels().get(self.difficulty, ""),
                words.personas().get(self.persona, ""),
            ]
        )

    @rx.var
    def long_text(self) -> str:
        return words.lengths().get(self.minutes, "")

    @rx.var
    def way_text(self) -> str:
        return words.ways().get(self.way, "")


def _in_words(choices: Choices) -> str:
    return " · ".join(
        [
            words.domains().get(choices.domain, choices.job_title),
            kinds.choices()[choices.kind],
            kinds.levels()[choices.difficulty],
            words.lengths().get(choices.minutes, str(choices.minutes)),
            words.ways()[choices.way],
        ]
    )
