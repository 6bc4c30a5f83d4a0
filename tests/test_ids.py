"""Ids: 96 bits, three spellings, one order."""

import time
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervi.ids import hex24, new_id, parse_id, prefixed


@given(st.integers(0, (1 << 96) - 1))
def test_every_spelling_means_the_same_record(bits: int) -> None:
    value = parse_id(f"{bits:024x}")
    assert value is not None
    assert hex24(value) == f"{bits:024x}"
    assert {parse_id(str(value)), parse_id(str(value).upper()), parse_id(prefixed("interview", value))} == {value}


def test_the_uuid_is_of_version_8_and_the_rfc_variant() -> None:
    value = new_id()
    assert (value.version, value.variant) == (8, "specified in RFC 4122")


def test_later_ids_sort_after_earlier_ones_in_every_spelling() -> None:
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert first < second
    assert hex24(first) < hex24(second)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "507f1f77bcf86cd79943901",
        "507f1f77bcf86cd7994390111",
        "507f1f77bcf86cd79943901g",
        "\x00" * 24,
        "١" * 24,
    ],
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert parse_id(text) is None


def test_a_uuid_with_other_bits_is_no_id_of_ours() -> None:
    assert parse_id(str(uuid4())) is None
    assert parse_id(str(UUID(int=new_id().int | 1 << 61))) is None
