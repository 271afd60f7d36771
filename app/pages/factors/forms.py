"""The forms of second factors."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.language import lazy_gettext
from app.web.text_guard import TidyForm


class ConfirmAppForm(TidyForm, FlaskForm):  # type: ignore[misc]
    code = StringField(
        lazy_gettext("Code from the app"),
        [InputRequired(lazy_gettext("Enter the code that the app shows.")), Length(max=40)],
    )


class NameForm(TidyForm, FlaskForm):  # type: ignore[misc]
    name = StringField(lazy_gettext("Name"), [Length(max=60)])
