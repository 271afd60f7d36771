"""The forms of signing in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.language import lazy_gettext
from app.web.text_guard import TidyForm


class SignInForm(TidyForm, FlaskForm):  # type: ignore[misc]
    email = EmailField(
        lazy_gettext("Email"), [InputRequired(lazy_gettext("Enter your email address.")), Length(max=254)]
    )
    # As typed, an accent may take several characters where the password that was chosen has one.
    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(lazy_gettext("Enter your password.")), Length(max=800)]
    )
    next = HiddenField()


class PasswordForm(TidyForm, FlaskForm):  # type: ignore[misc]
    password = PasswordField(
        lazy_gettext("New password"), [InputRequired(lazy_gettext("Choose a password."))]
    )


class ForgotPasswordForm(TidyForm, FlaskForm):  # type: ignore[misc]
    email = EmailField(
        lazy_gettext("Email"), [InputRequired(lazy_gettext("Enter your email address.")), Length(max=254)]
    )


class CodeForm(TidyForm, FlaskForm):  # type: ignore[misc]
    code = StringField(
        lazy_gettext("Code from your authenticator app"),
        [InputRequired(lazy_gettext("Enter the code.")), Length(max=40)],
    )


class RecoveryCodeForm(TidyForm, FlaskForm):  # type: ignore[misc]
    recovery_code = StringField(
        lazy_gettext("Recovery code"), [InputRequired(lazy_gettext("Enter a recovery code.")), Length(max=80)]
    )
