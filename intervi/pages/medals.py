"""Achievements as medals, as the overview and their own page show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from intervi.components import elements as e
from intervi.components.medal import medal
from intervi.pages import formatting
from intervi.progress.catalogue import Achievement
from intervi.progress.service import Progress, Unlocked
from intervi.translation import N_, _, fill


@dataclass(frozen=True)
class Medal:
    """One achievement."""

    icon: str
    title: str
    description: str
    is_earned: bool
    note: str
    """The day it was earned on, else how far one is."""
    share: str = "0%"
    """How far, as a width."""


def earned(found: Unlocked, *, time_zone: str, today: datetime) -> Medal:
    """An achievement somebody has."""
    return _medal(found.achievement, formatting.day(found.unlocked_at, time_zone, today=today), is_earned=True)


def in_progress(found: Progress, *, time_zone: str, today: datetime) -> Medal:
    """An achievement, whether somebody has it or not."""
    if found.unlocked_at is not None:
        return _medal(found.achievement, formatting.day(found.unlocked_at, time_zone, today=today), is_earned=True)
    whole = found.achievement.threshold
    places = {"value": formatting.number(found.value), "whole": formatting.number(whole)}
    share = f"{100 * found.value / whole:.0f}%"
    return _medal(found.achievement, fill(N_("{value} of {whole}"), places), is_earned=False, share=share)


def nearest(found: Sequence[Progress], count: int) -> list[Progress]:
    """The achievements that are not there yet and need the least, by their share; one for each metric, so that they differ."""
    open_ones = sorted(
        (each for each in found if each.unlocked_at is None),
        key=lambda each: each.value / each.achievement.threshold,
        reverse=True,
    )
    first_of_metric: dict[str, Progress] = {}
    for each in open_ones:
        first_of_metric.setdefault(each.achievement.metric, each)
    return list(first_of_metric.values())[:count]


def _medal(achievement: Achievement, note: str, *, is_earned: bool, share: str = "100%") -> Medal:
    return Medal(achievement.icon, _(achievement.title), _(achievement.description), is_earned, note, share)


def tile(shown: rx.Var[Medal]) -> rx.Component:
    """A medal with what it is for."""
    return rx.el.li(
        medal(shown.icon, shown.is_earned),
        rx.el.div(
            rx.el.h3(shown.title, class_name="medal-title"),
            e.small(shown.description),
            e.small(shown.note),
        ),
        class_name=rx.cond(shown.is_earned, "medal-tile", "medal-tile medal-tile--open"),
    )


def goal(shown: rx.Var[Medal]) -> rx.Component:
    """A medal that is not earned yet, with how far one is."""
    return rx.el.li(
        medal(shown.icon, shown.is_earned),
        rx.el.div(
            rx.el.h3(shown.title, class_name="medal-title"),
            e.small(shown.description),
            e.bar(shown.share, shown.note),
            e.small(shown.note),
            class_name="stack stack--tight",
        ),
        class_name="medal-tile",
    )
