"""The forms of signing in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = EmailField("Email", [InputRequired("Enter your email address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=200)])
    next = HiddenField()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField("New password", [InputRequired("Choose a password.")])


class ForgotPasswordForm(FlaskForm):  # type: ignore[misc]
    email = EmailField("Email", [InputRequired("Enter your email address."), Length(max=254)])
