"""Which passwords may be chosen: a table of them, by what is known about the person who chooses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.people import password_rules
from app.people.password_rules import MAXIMUM_LENGTH, WeakPasswordError

DANA = ("dana.whitfield@harbor.example", "Dana Whitfield", "Harbor Dental")

FREE = [
    "eight green bottles",
    "x7#Kp2!q",  # eight characters of a manager
    "4 8 15 16 23 42 x",
    "  spaces around too  ",
    "пароль из букв",
    "correct horse battery",
    "\U0001f98a\U0001f9c0\U0001f33b\U0001fa81\U0001f6f6\U0001f3ba\U0001f9ed\U0001f941",  # eight characters
    "likes-dana-pizza-a-lot",  # more than the name
    "tr" * 3 + "xylophone of quartz " * 9,
    "k" + "ä" * 3 + "njruvwpq",
    "a" * 100 + "eight green bottles",
]
TOO_SHORT = ["", "seven 7", "k3fj9s2", "\U0001f98a" * 7, "e\u0301e\u0301e\u0301e\u0301"]
COMMON = [
    "password",
    "Password1!",
    "P@ssw0rd1",
    "drowssap",
    "12345678",
    "qwertyuiop",
    "1qaz2wsx",
    "trustno1",
    "letmein1",
    "iloveyou2",
    "football1234",
    "aaaaaaaaaaaaaaaaaaaa",
    "abcabcabcabc",
    "sunshine99",
    "Correcthorsebatterystaple",
    "a" * 200,
]
OWN = [
    "dana.whitfield@harbor.example",
    "danawhitfield",
    "DanaWhitfield1",
    "Wh1tfield",
    "Whitfield-2026",
    "HarborDental2026!",
    "harbordental",
    "harbor dental",
    "voiceportal",
    "Voice Portal 1",
    "voiceportalbilling",
    "BillingWallet99",
]


@pytest.mark.parametrize("password", FREE)
def test_long_enough_and_unknown_is_all_that_is_asked_for(password: str) -> None:
    password_rules.check(password, DANA)


@pytest.mark.parametrize("password", TOO_SHORT)
def test_fewer_than_eight_characters_are_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError, match="at least 8"):
        password_rules.check(password, DANA)


@pytest.mark.parametrize("password", COMMON)
def test_what_attackers_try_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError, match="common"):
        password_rules.check(password, DANA)


@pytest.mark.parametrize("password", OWN)
def test_what_is_made_of_the_persons_own_words_or_ours_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError, match=r"made of your name|common"):
        password_rules.check(password, DANA)


def test_what_is_one_persons_own_is_anyone_elses_to_choose() -> None:
    password_rules.check("whitfield orchard", ("ruth@birch.example", "Ruth", "Birch Clinic"))
    with pytest.raises(WeakPasswordError):
        password_rules.check("whitfield-7", DANA)


def test_two_hundred_characters_are_the_most_and_each_of_them_counts() -> None:
    longest = ("quartz orchard lantern " * 9)[:MAXIMUM_LENGTH]
    password_rules.check(longest, DANA)
    with pytest.raises(WeakPasswordError, match="at most 200"):
        password_rules.check(longest + "x", DANA)


def test_people_who_choose_at_the_same_moment_do_not_get_each_others_words() -> None:
    def choose(number: int) -> bool:
        own = f"zq{number}vx"
        try:
            password_rules.check(f"{own}{own}1", (f"{own}@test.example",))
        except WeakPasswordError:
            password_rules.check(f"zq{number + 1000}vx blue kiln", (f"{own}@test.example",))
            return True
        return False

    with ThreadPoolExecutor(8) as people:
        assert all(people.map(choose, range(100, 140)))
