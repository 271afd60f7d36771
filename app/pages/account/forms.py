"""The forms of one's own account."""

from __future__ import annotations

from babel import Locale
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from app.language import LOCALES, gettext, lazy_gettext
from app.models import User
from app.web.text_guard import TidyForm


def _languages() -> list[tuple[str, str]]:
    named = [(one, str(Locale.parse(one).get_display_name(one))) for one in LOCALES]
    return [("", gettext("The same as in my browser")), *named]


class DetailsForm(TidyForm, FlaskForm):  # type: ignore[misc]
    name = StringField(
        lazy_gettext("Name"),
        [
            DataRequired(lazy_gettext("Enter your name.")),
            Length(max=100, message=lazy_gettext("Use at most 100 characters.")),
        ],
    )
    language = SelectField(lazy_gettext("Language"), choices=_languages)

    @classmethod
    def of(cls, person: User, *, sent: bool) -> DetailsForm:
        """The form as it was sent, or filled in with what is stored."""
        stored = {"name": person.name, "language": person.language or ""}
        return cls(data=stored) if sent else cls(formdata=None, data=stored)


class ChangePasswordForm(TidyForm, FlaskForm):  # type: ignore[misc]
    current_password = PasswordField(
        lazy_gettext("Current password"), [InputRequired(lazy_gettext("Enter your current password."))]
    )
    password = PasswordField(
        lazy_gettext("New password"), [InputRequired(lazy_gettext("Choose a new password."))]
    )
