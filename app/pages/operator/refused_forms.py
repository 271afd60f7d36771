"""A refused form leads back to its page, as one that is taken leads on: neither Back nor a reload sends it again.

What was typed, but for passwords and codes, and what is wrong with it, waits in the session's cookie for that page.
"""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from flask import redirect, request, session
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Field, PasswordField
from wtforms.csrf.core import CSRFTokenField

from app.text import without_unstorable

F = TypeVar("F", bound=FlaskForm)

_KEPT = "refused_form"
_LONGEST = 300
"""Characters that are kept of a field: more than any of them takes, and few enough for a cookie."""
_CODE = "code"


def refuse(form: FlaskForm, page: str) -> Response:
    """Send the browser to the address of the page that has the form, which says what is wrong with it."""
    session[_KEPT] = {
        "page": page,
        "typed": {one.name: _typed(one)[:_LONGEST] for one in form if not _is_secret(one)},
        "errors": {name: [str(error) for error in errors] for name, errors in form.errors.items() if name},
    }
    return redirect(page, 303)


def shown(kind: type[F], **unless_typed: Any) -> F:
    """The form for the page that is asked for: as it was refused, the first time that it is shown after that; or else
    with what there is for its fields."""
    kept = session.get(_KEPT)
    if kept is None or _place(kept["page"]) != _place(request.full_path):
        new: F = kind(formdata=None, **unless_typed)
        return new
    del session[_KEPT]
    form: F = kind(formdata=MultiDict(kept["typed"]))
    for name, errors in kept["errors"].items():
        form[name].errors = errors
    return form


def _is_secret(field: Field) -> bool:
    return isinstance(field, PasswordField | CSRFTokenField) or field.name == _CODE


def _typed(field: Field) -> str:
    text = field.data if isinstance(field.data, str) else next(iter(field.raw_data or ()), "")
    return without_unstorable(text)


def _place(address: str) -> tuple[str, list[tuple[str, str]]]:
    parts = urlsplit(address)
    return parts.path, sorted(parse_qsl(parts.query))
