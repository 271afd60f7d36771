"""The tags of open pages: a version of the wallet, and until when that is all there is to show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.language import speaking
from app.pages.tags import is_current, tag_of
from tests.factories import at

NOW = at("2026-11-24 09:30")


def test_a_page_is_current_with_its_version_until_its_time() -> None:
    assert tag_of(7, None) == "7.en_US"
    assert is_current("7.en_US", 7, NOW) and not is_current("7.en_US", 8, NOW)
    for until in (NOW + timedelta(seconds=5), NOW + timedelta(milliseconds=4500)):
        tag = tag_of(7, until)
        assert is_current(tag, 7, NOW + timedelta(seconds=4.9))
        assert not is_current(tag, 7, NOW + timedelta(seconds=5))
        assert not is_current(tag, 8, NOW)


@pytest.mark.parametrize(
    "tag",
    [
        *("", "-", "7", ".", "7.", ".en_US", "7.en", "7.en_us", "7.en_US.", "None", "x", "\u0667.en_US"),
        *(
            "7.en_US-",
            "-7.en_US",
            "7.en_US-1-1",
            "7.en_US ",
            "7.en_US\n",
            "7.en_US--1",
            "7.en_US-" + "9" * 5000,
        ),
    ],
)
def test_what_is_no_tag_is_never_current(tag: str) -> None:
    assert not is_current(tag, 7, NOW)


def test_without_a_wallet_nothing_is_current() -> None:
    assert not is_current("None.en_US", None, NOW) and not is_current("0.en_US", None, NOW)


def test_what_is_in_another_language_is_never_current() -> None:
    with speaking("en_GB"):
        tag = tag_of(7, None)
        assert is_current(tag, 7, NOW)
    assert not is_current(tag, 7, NOW)
