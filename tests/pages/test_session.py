"""Who looks at a page, and where signing in may lead."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervi.pages.session import HOME, safe_next, session_cookie, sign_in_address


class TestSafeNext:
    @pytest.mark.parametrize(
        "address", ["/", "/history", "/history/01a1fd1e-d671-8a9f-8000-000a53553085", "/history?page=2", "/practice#q3"]
    )
    def test_our_pages(self, address: str) -> None:
        assert safe_next(address) == address

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "history",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%5Cevil.example",
            "/%2F/evil.example",
            "%2F%2Fevil.example",
            "/\t/evil.example",
            "/%09/evil.example",
            "\n//evil.example",
            "javascript:alert(1)",
            "https:evil.example",
            " //evil.example",
            "/\x00",
        ],
    )
    def test_anything_else_is_the_overview(self, address: str) -> None:
        assert safe_next(address) == HOME

    @given(st.text(alphabet="/\\:%25cfFEe.\t\n @?#evil", max_size=24))
    def test_never_leaves_our_site(self, address: str) -> None:
        # How a browser reads an address (WHATWG URL): tabs and line breaks go, a backslash is a slash.
        chosen = safe_next(address)
        read = chosen.replace("\t", "").replace("\n", "").replace("\\", "/")
        assert read.startswith("/")
        assert not read.startswith("//")


class TestSignInAddress:
    def test_leads_back(self) -> None:
        address = sign_in_address("/history?page=2&x=1")
        assert parse_qs(urlsplit(address).query)["next"] == ["/history?page=2&x=1"]


class TestSessionCookie:
    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("session=abc", "abc"),
            ("token=x; session=abc; other=y", "abc"),
            ("", ""),
            ("token=x", ""),
            ("session", ""),
            ("not a cookie \x00;;;", ""),
        ],
    )
    def test_is_found(self, header: str, value: str) -> None:
        assert session_cookie(header) == value
