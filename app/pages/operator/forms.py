"""The console's forms. Its words are English only (docs/decisions/0026-operators-console.md)."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Optional, Regexp, ValidationError

from app.models import LotKind
from app.operators.trail import LONGEST_REASON, ReasonError, checked_reason
from app.web.text_guard import TidyForm

KINDS = {LotKind.GOODWILL.value: "Goodwill", LotKind.PROMOTIONAL.value: "Promotional"}
"""What can be granted. Paid credit comes from top-ups only."""
_KEY = r"^console-[0-9a-f]{32}$"


class SignInForm(TidyForm, FlaskForm):  # type: ignore[misc]
    email = EmailField("Email", [InputRequired("Enter your email address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=800)])
    code = StringField(
        "Code from your authenticator app",
        [InputRequired("Enter the code that your app shows."), Length(max=40)],
    )
    next = HiddenField()


class JoinForm(TidyForm, FlaskForm):  # type: ignore[misc]
    password = PasswordField("New password", [InputRequired("Choose a password."), Length(max=800)])
    code = StringField(
        "Code from the app", [InputRequired("Enter the code that your app shows."), Length(max=40)]
    )


def _reason() -> StringField:
    return StringField(
        "Reason",
        [InputRequired("Say why."), Length(max=LONGEST_REASON, message="Say it in 120 characters.")],
    )


class ReasonForm(TidyForm, FlaskForm):  # type: ignore[misc]
    reason = _reason()

    def validate_reason(self, field: StringField) -> None:
        """The rest that a reason has to be, as the trail says it."""
        try:
            checked_reason(field.data)
        except ReasonError as error:
            raise ValidationError(str(error)) from error


class CreditForm(ReasonForm):
    amount = StringField("Amount", [InputRequired("Enter an amount."), Length(max=40)])
    kind = StringField("Kind", [AnyOf(KINDS, message="Choose a kind.")], default=LotKind.GOODWILL.value)
    last_day = DateField("Last day", [Optional()])
    reason = _reason()  # last on the page, and so among what is wrong
    key = HiddenField(validators=[InputRequired(), Regexp(_KEY)])


class GrantForm(TidyForm, FlaskForm):  # type: ignore[misc]
    grant = HiddenField()
    code = StringField("Code from your authenticator app", [Length(max=40)])
