"""A form with each kind of field, as it is filled in and as it is refused."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, SelectField, StringField


class SampleForm(FlaskForm):  # type: ignore[misc]
    name = StringField("Name")
    password = PasswordField("Password")
    day = StringField("Last day")
    card = SelectField("Card", choices=[("1", "Visa ending in 4242"), ("2", "Mastercard ending in 4444")])
    amount = RadioField("Amount", choices=[("25", "$25"), ("50", "$50"), ("100", "$100")], default="50")


def filled() -> SampleForm:
    """With a name."""
    return SampleForm(formdata=None, data={"name": "Dana Whitfield", "card": "1", "amount": "50"})


def refused() -> SampleForm:
    """With an error at each field."""
    form = filled()
    form.name.errors = ["Enter your name."]
    form.password.errors = ["Choose a new password."]
    form.day.errors = ["Enter a day from tomorrow on."]
    form.card.errors = ["Choose a card."]
    form.amount.errors = ["Choose an amount."]
    return form
