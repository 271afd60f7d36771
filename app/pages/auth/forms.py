"""The forms of signing in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.web.text_guard import TidyForm


class SignInForm(TidyForm, FlaskForm):  # type: ignore[misc]
    email = EmailField("Email", [InputRequired("Enter your email address."), Length(max=254)])
    # As typed, an accent may take several characters where the password that was chosen has one.
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=800)])
    next = HiddenField()


class PasswordForm(TidyForm, FlaskForm):  # type: ignore[misc]
    password = PasswordField("New password", [InputRequired("Choose a password.")])


class ForgotPasswordForm(TidyForm, FlaskForm):  # type: ignore[misc]
    email = EmailField("Email", [InputRequired("Enter your email address."), Length(max=254)])


class CodeForm(TidyForm, FlaskForm):  # type: ignore[misc]
    code = StringField("Code from your authenticator app", [InputRequired("Enter the code."), Length(max=40)])


class RecoveryCodeForm(TidyForm, FlaskForm):  # type: ignore[misc]
    recovery_code = StringField("Recovery code", [InputRequired("Enter a recovery code."), Length(max=80)])
