"""``docs/api.md`` is true: its blocks are run as they stand against the served application, and its table is the one of ``/docs``."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from intervi.api.app import create_app
from intervi.api.contract import CONTRACTS
from intervi.api.documentation import DIFFERENCES
from intervi.settings import REPOSITORY_ROOT

GUIDE = (REPOSITORY_ROOT / "docs" / "api.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE))
SERVED = {tag["name"] for tag in create_app().openapi()["tags"]}
TO_RUN = [*sorted(SERVED & SECTIONS.keys()), "What holds for all"]
LANGUAGES = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}


def _blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", SECTIONS[section], re.DOTALL | re.MULTILINE)


def _run(language: str, code: str, address: str) -> str:
    code = code.replace("http://localhost:8000", address)
    # The virtual environment's python3 is the one on the path, as a reader's is.
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [*LANGUAGES[language], code], capture_output=True, text=True, timeout=120, env=os.environ | {"PATH": path}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", TO_RUN)
def test_its_blocks_run(address: str, section: str, language: str) -> None:
    register, token = _blocks("An account", "sh")
    assert "accessToken" in _run("sh", register, address)
    start = token if language == "sh" else "\n".join(_blocks("An account", "python"))
    for block in _blocks(section, language):
        assert _run(language, f"{start}\n{block}", address).strip()


def test_every_contract_has_a_first_call() -> None:
    for contract in CONTRACTS:
        assert all(_blocks(contract.name, language) for language in LANGUAGES), contract.name


def test_the_differences_are_those_of_the_description() -> None:
    assert DIFFERENCES in SECTIONS["Where we differ from the published texts"]
    assert DIFFERENCES in create_app().openapi()["info"]["description"]
