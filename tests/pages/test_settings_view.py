"""What the page of settings says."""

import pytest

from intervi.accounts.models import User
from intervi.pages.settings import view
from intervi.settings import settings


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
            "Chrome, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.5 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox, macOS"),
        ("python-httpx/0.27", "python-httpx"),
        ("", "An unknown device"),
        ("x" * 5000, "x" * 40),
    ],
)
def test_a_device_by_the_name_one_has_for_it(user_agent: str, name: str) -> None:
    assert view.device_name(user_agent) == name


def test_what_somebody_has_chosen_is_among_the_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "retention_days", 14)
    user = User(email="a@example.com", email_key="a@example.com", password_hash="x", retention_days=45)
    shown = view.shown(user)
    assert shown.retention == "45"
    assert [value for value, _text in shown.retention_choices] == ["", "7", "30", "45", "90", "180", "365"]
    assert "14 days" in shown.retention_note
