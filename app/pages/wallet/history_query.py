"""The history's filters and place, as addresses say them. Invalid ones are ignored, not rejected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from app.billing.activity import usage_breakdown, usage_calls
from app.billing.activity.filters import NAMES, Filters, KindSet
from app.language import gettext, listed, marked, pgettext
from app.models import TransferKind, UsageGroup
from app.months import Month
from app.pages.days import read_day
from app.pages.labels import filter_labels, movements_label
from app.pages.numbers import read_whole
from app.people.organizations import slugify
from app.text import is_storable

DIRECTIONS = {"outbound": marked("Outbound"), "inbound": marked("Inbound")}
"""Directions of calls, and what they are called."""
LONGEST = 255
_LONGEST_NAME = 150
"""Of a file, without its ending."""
_COUNTRY = re.compile("[A-Z]{2}")
_GROUPS = {group.value for group in UsageGroup}


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The history's page and filters from an address. `month` is where its page begins, unless a position says it."""

    filters: Filters
    before: int | None
    after: int | None
    month: Month | None

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> HistoryQuery:
        return cls(
            filters=read_filters(args),
            before=read_whole(args.get("before")),
            after=read_whole(args.get("after")),
            month=Month.parse(args.get("month", "")),
        )


def read_filters(args: MultiDict[str, str]) -> Filters:
    """The filters of an address. One from before groups were apart has the group for its kind."""
    kind, group = args.get("kind", ""), args.get("group", "")
    if kind in _GROUPS:
        kind, group = "", kind
    return Filters(
        kind=_kind(kind),
        group=group if group in _GROUPS else None,
        first_day=read_day(args.get("from", "")),
        last_day=read_day(args.get("to", "")),
        campaign=_name(args, "campaign"),
        agent=_name(args, "agent"),
        number=_name(args, "number"),
        direction=args.get("direction") if args.get("direction") in DIRECTIONS else None,
        country=found if _COUNTRY.fullmatch(found := args.get("country", "").strip().upper()) else None,
    )


def _kind(text: str) -> TransferKind | KindSet | None:
    if text not in filter_labels():
        return None
    return KindSet(text) if text in set(KindSet) else TransferKind(text)


def address_of(filters: Filters) -> dict[str, object]:
    """The same, for links: to other pages of the history, its export, its calls."""
    return {
        "kind": filters.kind.value if filters.kind else None,
        "group": filters.group,
        "from": filters.first_day,
        "to": filters.last_day,
    } | {name: getattr(filters, name) for name in NAMES}


def chips(filters: Filters) -> list[tuple[str, dict[str, object], bool]]:
    """The choices above the history: label, address and whether it is the current one. Days stay as they are; what
    only usage has goes with usage."""
    kept = address_of(filters)
    without = kept | dict.fromkeys(("group", *NAMES))
    choices = (
        (pgettext("everything that a list has", "All"), None, kept),
        (movements_label(KindSet.MONEY_IN), KindSet.MONEY_IN, without),
        (movements_label(TransferKind.USAGE), TransferKind.USAGE, kept),
        (pgettext("a choice of what is listed", "Refunds"), KindSet.RETURNED, without),
    )
    return [
        (label, base | {"kind": kind.value if kind else None}, filters.kind == kind)
        for label, kind, base in choices
    ]


def file_name(slug: str, filters: Filters) -> str:
    """What an export of these is called: `wallet-harbor-dental-usage-2026-11-01-to-2026-11-30.csv`."""
    kind = [filters.kind.value] if filters.kind else []
    first, last = filters.first_day, filters.last_day
    days = [f"from-{first}"] if first and not last else [f"until-{last}"] if last and not first else []
    if first and last:
        days = [str(first)] if first == last else [f"{first}-to-{last}"]
    names = [slugify(value) for value in filters.names.values()]
    parts = ["wallet", slug, *kind, *([filters.group] if filters.group else []), *names, *days]
    return "-".join(part.replace("_", "-") for part in parts if part)[:_LONGEST_NAME] + ".csv"


def as_query(filters: Filters) -> str:
    """The same as text, to be stored: `agent=Ava&from=2026-11-01`."""
    return urlencode({name: str(value) for name, value in address_of(filters).items() if value is not None})


def from_query(text: str) -> MultiDict[str, str]:
    """What `as_query` wrote, as an address says it."""
    return MultiDict(parse_qsl(text, max_num_fields=20))


def describe(filters: Filters) -> str:
    """What is selected, without its days: "Calling, campaign Recall patients, outbound"."""
    parts = [
        movements_label(filters.kind) if filters.kind else "",
        UsageGroup(filters.group).label if filters.group else "",
        gettext("campaign %(name)s", name=filters.campaign) if filters.campaign else "",
        gettext("agent %(name)s", name=filters.agent) if filters.agent else "",
        gettext("number %(name)s", name=filters.number) if filters.number else "",
        _direction_in_list(filters.direction) if filters.direction else "",
        gettext("country %(name)s", name=filters.country) if filters.country else "",
    ]
    text = listed((part for part in parts if part), "unit")
    return text[:1].upper() + text[1:]


def _direction_in_list(direction: str) -> str:
    if direction == "outbound":
        return pgettext("calls, in a list of what is selected", "outbound")
    return pgettext("calls, in a list of what is selected", "inbound")


def read_position(args: MultiDict[str, str]) -> usage_breakdown.Position | None:
    """Where a page of a line's calls begins, from the URL; the first page if that is invalid."""
    cost, call = read_whole(args.get("cost")), args.get("call", "")
    return None if cost is None else usage_breakdown.Position(cost, call)


def read_place(args: MultiDict[str, str]) -> usage_calls.Position | None:
    """Where a page of a selection's calls begins, from the URL; the first page if that is invalid."""
    position, day = read_position(args), read_day(args.get("day", ""))
    return (
        None if position is None or day is None else usage_calls.Position(day, position.cost, position.call)
    )


def _name(args: MultiDict[str, str], name: str) -> str | None:
    found = args.get(name, "").strip()
    return found if 0 < len(found) <= LONGEST and is_storable(found) else None
