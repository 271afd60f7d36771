"""Resending a refused form: everything that would be sent is shown first, every field of it.

A view describes its form with `@resendable(words)`. What isn't described is never sent again, and a form without a
description starts over: no one is asked to confirm what they can't see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from flask import current_app
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.extensions import db
from app.models import Organization
from app.models.scope import scope_to
from app.web.identity import identity
from app.web.marks import is_for_owners

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: as it is sent, and as it is shown. An empty field has no text and is not shown."""

    name: str
    value: str
    label: str
    words: str


Words = Callable[[Organization, MultiDict[str, str]], Iterable[Field]]


@dataclass(frozen=True, slots=True)
class Resend:
    """Where a form is sent, with its fields; all that aren't empty are `shown`."""

    action: str
    fields: tuple[Field, ...]

    @property
    def shown(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.words)


def resendable(words: Words) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let the form of a view be sent again after a refusal, once its sender has seen it as described by `words`."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.form_summary = words  # type: ignore[attr-defined]
        return view

    return mark


def can_be_resent(path: str) -> bool:
    """Whether the form at this path can be sent again."""
    return _summary_of(path) is not None


def build_form(path: str, typed: MultiDict[str, str], organization: Organization) -> Resend | None:
    """A form as it would be sent for an organization; None if it has to start over.

    It names things of the organization, such as a card, so it shows nothing to someone who may not see them yet.
    """
    who = identity()
    if who is None or who.lacks_factor:
        return None
    scope_to(db.session(), organization.id)
    words = _summary_of(path)
    told = tuple(words(organization, typed)) if words else ()
    return Resend(path, told) if any(one.words for one in told) else None


def list_fields(typed: MultiDict[str, str], **labels: str) -> Iterable[Field]:
    """Fields whose values are shown as typed, by name and label."""
    for name, label in labels.items():
        for value in typed.getlist(name):
            yield Field(name, value, label, value.strip())


def _summary_of(path: str) -> Words | None:
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="POST")
    except (HTTPException, RequestRedirect):
        return None
    found: Words | None = getattr(current_app.view_functions[endpoint], "form_summary", None)
    return found if is_for_owners(endpoint) else None
