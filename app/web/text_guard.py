"""Keeps text that can't be stored away from views: in the path, the query, and forms.

If a view shows the typed form again (`keeps_typed`), the form says which field is invalid, and keeps what was typed.
Every other request is refused before its view.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest, HTTPException, UnprocessableEntity
from wtforms import Form, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.i18n import get_translations
from wtforms.meta import DefaultMeta

from app.language import SOURCE, language_of, locale, marked, translated
from app.text import is_storable, tidied, without_unstorable

P = ParamSpec("P")
R = TypeVar("R")

_IN_FIELD = marked("This has a character that can't be stored, shown as \ufffd. Remove it.")
_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


class UnstorableTextError(HTTPException):
    """Text that the database can't store. `names` are the parameters or fields that contain it."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = [without_unstorable(name) for name in names]


class UnstorableAddressError(UnstorableTextError, BadRequest):
    """It is in the address."""


class UnstorableFieldError(UnstorableTextError, UnprocessableEntity):
    """It is in a form."""


class TidyForm(Form):  # type: ignore[misc]
    """A form whose text fields are stripped of invisible characters; passwords stay as typed.

    Unstorable characters are made visible, and `validate` rejects them. What WTForms itself says is in the reader's
    language, too, in its own translation.
    """

    class Meta(DefaultMeta):  # type: ignore[misc]
        def get_translations(self, form: object) -> Any:  # noqa: ARG002
            language = language_of(locale())
            if language == SOURCE:
                return None
            with suppress(FileNotFoundError):
                return get_translations([language])
            return None

    def process(self, *args: Any, **named: Any) -> None:
        """Read the fields."""
        super().process(*args, **named)
        self.unstorable: list[str] = []
        for field in self:
            if not isinstance(field.data, str):
                continue
            if not is_storable(field.data):
                field.data = without_unstorable(field.data)
                # A choice that wasn't typed no longer matches any card, plan or version: the view says so.
                if isinstance(field, StringField) and not isinstance(field, HiddenField):
                    self.unstorable.append(field.name)
            if not isinstance(field, StringField):
                continue
            if isinstance(field, TextAreaField):
                field.data = "\n".join(map(tidied, re.split("\r\n|\r|\n", field.data)))
            elif not isinstance(field, PasswordField):
                field.data = tidied(field.data)

    def validate(self, extra_validators: object = None) -> bool:
        """Check the fields."""
        is_right = super().validate(extra_validators)
        for name in self.unstorable:
            self[name].errors = [translated(_IN_FIELD)]
        return is_right and not self.unstorable


def keeps_typed(form: type[TidyForm]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view that shows `form` again with what was typed if `form.validate` rejects it."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.typed_form = form  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Check every request before its view."""
    app.before_request(_refuse_unstorable)


def _refuse_unstorable() -> None:
    known = _typed_by(request.endpoint)
    in_path = [name for name, value in (request.view_args or {}).items() if not _is_fine(value)]
    in_query = [name for name in _unstorable_of(request.args.lists()) if name not in known]
    if in_path or in_query:
        raise UnstorableAddressError(in_path + in_query)
    if request.mimetype in _FORMS and request.blueprint != "api":
        in_form = [name for name in _unstorable_of(request.form.lists()) if name not in known]
        if in_form:
            raise UnstorableFieldError(in_form)


def _unstorable_of(fields: Any) -> list[str]:
    return [name for name, values in fields if not all(map(is_storable, (name, *values)))]


def _is_fine(value: object) -> bool:
    return not isinstance(value, str) or is_storable(value)


def _typed_by(endpoint: str | None) -> set[str]:
    """The names of the fields of the form that the view shows again."""
    form = getattr(current_app.view_functions.get(endpoint or ""), "typed_form", None)
    if form is None:
        return set()
    return {name for name in dir(form) if isinstance(getattr(form, name), UnboundField)}
