"""How long recordings of others are kept, as the page says it and as the worker does it."""

import pytest

from intervi.accounts.models import User
from intervi.analysis import upkeep
from intervi.pages.others import kept_sentence
from intervi.settings import settings


@pytest.mark.parametrize(
    ("of_all", "of_user", "of_others", "kept"),
    [
        (None, None, 180, 180),
        (30, None, 180, 30),
        (None, 7, 180, 7),
        (365, 730, 180, 180),
        (None, None, None, None),
        (90, None, None, 90),
    ],
)
def test_the_least_of_all_limits_counts(
    monkeypatch: pytest.MonkeyPatch, of_all: int | None, of_user: int | None, of_others: int | None, kept: int | None
) -> None:
    monkeypatch.setattr(settings(), "retention_days", of_all)
    monkeypatch.setattr(settings(), "others_retention_days", of_others)
    user = User(email="x", email_key="x", password_hash="x", retention_days=of_user)
    assert upkeep.days_kept(user, about_others=True) == kept


def test_what_has_no_limit_is_kept() -> None:
    assert "kept until you delete" in kept_sentence(None)
    assert "after 7 days" in kept_sentence(7)
