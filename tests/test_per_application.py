"""What an application is made with: its own, made once, and not there outside of one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.per_application import PerApplication


def test_each_application_has_its_own() -> None:
    mail: PerApplication[str] = PerApplication("mail")
    first, second = Flask("first"), Flask("second")
    for app, name in ((first, "one"), (second, "two")):
        with app.app_context():
            mail.set(name)
    found = []
    for app in (first, second):
        with app.app_context():
            found.append(mail.get())
    assert found == ["one", "two"]


def test_what_was_not_set_is_made_once() -> None:
    made: list[str] = []

    def make() -> list[str]:
        made.append("made")
        return made

    with Flask("first").app_context():
        catalog = PerApplication("catalog", make)
        assert catalog.get() is catalog.get()
    assert made == ["made"]


def test_without_a_default_it_has_to_be_set() -> None:
    with Flask("first").app_context(), pytest.raises(KeyError):
        PerApplication[str]("mail").get()


def test_outside_of_an_application_there_is_none() -> None:
    mail: PerApplication[str] = PerApplication("mail", str)
    with pytest.raises(RuntimeError):
        mail.get()
    with pytest.raises(RuntimeError):
        mail.set("one")
