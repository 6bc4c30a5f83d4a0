"""Passwords: strength, and that nothing is cut off."""

import bcrypt
import pytest

from intervi.accounts.passwords import hash_password, verify_password, weaknesses
from intervi.settings import settings


class TestWeaknesses:
    @pytest.mark.parametrize(
        "password",
        ["SecurePass123!", "blue-tiger-42", "correct horse", "пароль-на-лето", " ".join(map(str, range(3000)))],
    )
    async def test_will_do(self, password: str) -> None:
        assert await weaknesses(password) == []

    @pytest.mark.parametrize("password", ["", "Ab1!xyz", "password", "password123", "12345678", "qwertyuiop", "a" * 64])
    async def test_refused(self, password: str) -> None:
        assert len(await weaknesses(password)) == 1

    async def test_words_about_the_user_are_weak(self) -> None:
        assert await weaknesses("zwetelina") == []
        assert await weaknesses("zwetelina", about_the_user=["zwetelina", "example.com"])


class TestHashing:
    @pytest.mark.parametrize("password", ["SecurePass123!", "x" * 72, "a\0b", "\ud800 half a pair", "é" * 100])
    async def test_fits_itself_only(self, password: str) -> None:
        kept = await hash_password(password)
        assert await verify_password(password, kept)
        assert not await verify_password(password + "!", kept)
        assert not await verify_password(password[:-1], kept)

    async def test_nothing_is_cut_off_after_72_bytes_or_a_nul(self) -> None:
        kept = await hash_password("x" * 72 + "first")
        assert not await verify_password("x" * 72 + "other", kept)
        assert not await verify_password("same\0other", await hash_password("same\0first"))

    async def test_composed_and_decomposed_letters_are_the_same(self) -> None:
        assert await verify_password("cafe\u0301-latte", await hash_password("caf\u00e9-latte"))

    async def test_no_user_costs_the_work_of_a_real_one_and_never_fits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        checked: list[bytes] = []
        check = bcrypt.checkpw
        monkeypatch.setattr(bcrypt, "checkpw", lambda password, kept: checked.append(kept) or check(password, kept))
        real = await hash_password("SecurePass123!")
        assert not await verify_password("SecurePass123!", None)
        assert not await verify_password("another", real)
        dummy, real_checked = checked
        assert dummy[:7] == real_checked[:7] == b"$2b$%02d$" % settings().bcrypt_rounds
        assert len(dummy) == len(real_checked)
