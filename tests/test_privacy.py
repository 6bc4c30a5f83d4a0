"""What is said about privacy follows from the settings."""

import pytest

from intervi.privacy import what_leaves
from intervi.settings import Settings


def _said(**given: str) -> str:
    return what_leaves(Settings(_env_file=None, **given))


@pytest.mark.parametrize(
    "address",
    ["", "http://localhost:11434/v1", "http://127.0.0.1:8080/v1", "http://[::1]:8080/v1", "http://llm.localhost/v1"],
)
def test_a_server_on_this_machine_changes_nothing(address: str) -> None:
    assert _said(OPENAI_BASE_URL=address) == (
        "Recordings, words and reports stay on the machine that runs Intervi; nothing is sent anywhere else."
    )


@pytest.mark.parametrize(
    ("address", "host"), [("https://api.example.com/v1", "api.example.com"), ("http://10.0.0.4/v1", "10.0.0.4")]
)
def test_a_model_server_elsewhere_is_named(address: str, host: str) -> None:
    said = _said(OPENAI_BASE_URL=address)
    assert f"sent to the model server at {host}." in said
    assert said.endswith("Everything else stays on the machine that runs Intervi.")


def test_stores_elsewhere_are_named_without_their_passwords() -> None:
    said = _said(
        DATABASE_URL="postgresql://me:secret@db.example.com/intervi",
        INTERVI_MEDIA_URL="s3://key:secret@s3.example.com/bucket",
    )
    assert "kept at db.example.com" in said
    assert "secret" not in said


def test_a_database_on_a_socket_is_here() -> None:
    assert "stay on the machine" in _said(DATABASE_URL="postgresql:///intervi?host=/run/postgresql")


def test_invitations_are_named_with_the_mail_server() -> None:
    said = _said(smtp_url="smtps://me:secret@mail.example.com:465", mail_from="us@example.com")
    assert "go out by e-mail, through mail.example.com." in said
    assert "secret" not in said
