"""An amount from a form: read, or refused at its field."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from app.money import Money
from app.pages.amounts import read_amount


class AmountForm(Form):  # type: ignore[misc]
    amount = StringField()


def test_an_amount_is_read() -> None:
    form = AmountForm(MultiDict({"amount": " $1,250.50 "}))
    assert read_amount(form.amount, "USD") == Money(1_250_500_000, "USD")
    assert not form.errors


def test_anything_else_gives_the_field_an_error_that_says_what_to_enter() -> None:
    said = {}
    for typed in ("", "12,50", "-5", "much"):
        form = AmountForm(MultiDict({"amount": typed}))
        assert read_amount(form.amount, "USD") is None
        [said[typed]] = form.errors["amount"]
    assert said[""] == "Enter an amount, like 50 or 12.50."
    assert all("12.50" in words for words in said.values())


def test_a_field_that_was_not_sent_is_empty() -> None:
    form = AmountForm(MultiDict())
    assert read_amount(form.amount, "USD") is None
    assert form.errors == {"amount": ["Enter an amount, like 50 or 12.50."]}
