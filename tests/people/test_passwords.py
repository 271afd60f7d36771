"""Passwords are stored at the price that RFC 9106 asks for; only people of tests pay less."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from flask import Flask

from app import create_app
from app.people import passwords
from config import Settings
from tests.factories import PASSWORD
from tests.test_settings import PRODUCTION


def in_production() -> Flask:
    return create_app(Settings.from_environment(PRODUCTION))


@pytest.mark.long
def test_a_stored_password_costs_a_guesser_what_the_standard_asks_for() -> None:
    with in_production().app_context():
        stored = passwords.hash_password(PASSWORD)
        assert extract_parameters(stored) == RFC_9106_LOW_MEMORY
        assert not passwords.is_outdated(stored)
        assert passwords.verify(PASSWORD, stored)
        assert not passwords.verify("something else entirely", stored)


def test_what_was_hashed_for_less_is_outdated_and_still_opens(app: Flask) -> None:
    cheap = passwords.hash_password(PASSWORD)
    with in_production().app_context():
        assert passwords.is_outdated(cheap)
        assert passwords.verify(PASSWORD, cheap)


def test_no_ones_password_is_compared_at_the_price_of_a_stored_one() -> None:
    with in_production().app_context():
        assert not passwords.verify(PASSWORD, None)
        assert extract_parameters(passwords.hash_of_no_one()) == RFC_9106_LOW_MEMORY


def test_every_character_counts_and_nothing_is_cut_off(app: Flask) -> None:
    longest = "eight green bottles " * 10
    stored = passwords.hash_password(longest)
    assert passwords.verify(longest, stored)
    for other in (longest.strip(), longest[:-1], longest.upper(), longest.replace("  ", " ") + "x"):
        assert not passwords.verify(other, stored)


def test_an_accent_is_the_same_however_a_keyboard_makes_it(app: Flask) -> None:
    one, two = "caf\u00e9 au lait", "cafe\u0301 au lait"
    assert passwords.verify(two, passwords.hash_password(one))
    assert passwords.verify(one, passwords.hash_password(two))
    assert not passwords.verify("cafe au lait", passwords.hash_password(one))
    as_typed_before = PasswordHasher(1, 8, 1).hash(two)
    assert passwords.verify(two, as_typed_before), "stored before passwords were brought into one form"
