"""The campaigns that a person has checked last, in this browser until they sign out: each a link to its result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import session
from werkzeug.datastructures import MultiDict

from app.language import gettext
from app.models import Organization

MOST = 5
_KEY = "campaign_checks"
_FIELDS = ("calls", "answered", "shortest", "longest", "per_day", "meter", "set_aside")
_LONGEST = 60
"""A field longer than this isn't remembered: all of it goes along with every request."""


@dataclass(frozen=True, slots=True)
class RecentCheck:
    """A check by its `query`, and a text that tells it from the others."""

    query: dict[str, str]
    text: str


def query_of(typed: MultiDict[str, str]) -> dict[str, Any]:
    """What of an address says which campaign is checked; nothing else of it goes along in a link."""
    return {name: typed[name].strip() for name in _FIELDS if typed.get(name, "").strip()}


def remember(organization: Organization, typed: MultiDict[str, str]) -> None:
    """Remember a check as the newest, of this organization only, and forget those before the last few."""
    query = query_of(typed)
    if any(len(value) > _LONGEST for value in query.values()):
        return
    known = _of(organization)
    if known[:1] != [query]:
        newest = [query, *(one for one in known if one != query)]
        session[_KEY] = {"org": str(organization.id), "checks": newest[:MOST]}


def list_recent(organization: Organization, *, but: MultiDict[str, str] | None = None) -> list[RecentCheck]:
    """What was checked last, newest first, without the one that is in view."""
    shown = query_of(but) if but else None
    return [RecentCheck(query, _text(query)) for query in _of(organization) if query != shown]


def _of(organization: Organization) -> list[dict[str, str]]:
    stored = session.get(_KEY)
    if not isinstance(stored, dict) or stored.get("org") != str(organization.id):
        return []
    return list(_valid(stored.get("checks")))


def _valid(checks: object) -> Iterator[dict[str, str]]:
    for one in checks if isinstance(checks, list) else ():
        if isinstance(one, dict) and {"calls", "answered", "shortest", "longest"} <= one.keys():
            yield one


def _text(query: dict[str, str]) -> str:
    return gettext(
        "%(calls)s calls, %(answered)s%% answered, %(shortest)s to %(longest)s minutes",
        calls=query["calls"],
        answered=query["answered"].removesuffix("%").strip(),
        shortest=query["shortest"],
        longest=query["longest"],
    )
