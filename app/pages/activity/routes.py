"""`/billing/activity`: the audit trail with its filters, and a CSV export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import MultiDict

from app.billing import audit
from app.billing.audit import trail
from app.billing.audit.trail import Filters
from app.cursor import Cursor
from app.language import translated
from app.models import AuditEvent, Organization
from app.pages.activity import wording
from app.pages.csv_rows import csv_download
from app.pages.days import read_day
from app.web.identity import current_organization, org_admin_required
from app.web.long_reads import from_replica

blueprint = Blueprint("activity", __name__, url_prefix="/billing")

_HEAD = ("at", "person", "kind", "what", "details", "address")
_FIRST_YEAR, _LAST_YEAR = 2000, 2999


@dataclass(frozen=True, slots=True)
class Query:
    """The filters from the URL. Invalid ones are ignored, not rejected."""

    person: str | None
    kind: str | None
    first_day: date | None
    last_day: date | None

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Query:
        kind = args.get("kind", "")
        return cls(
            person=args.get("person", "")[:300] or None,
            kind=kind if kind in wording.KINDS else None,
            first_day=_day(args.get("from", "")),
            last_day=_day(args.get("to", "")),
        )

    def __bool__(self) -> bool:
        return any((self.person, self.kind, self.first_day, self.last_day))

    @property
    def filters(self) -> Filters:
        return Filters(
            actor=self.person,
            actions=wording.actions_of(self.kind) if self.kind else None,
            first_day=self.first_day,
            last_day=self.last_day,
        )

    @property
    def address(self) -> dict[str, object]:
        """The same, for links to other pages and to the export."""
        return {"person": self.person, "kind": self.kind, "from": self.first_day, "to": self.last_day}


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """An entry of the trail, for display."""

    event: AuditEvent
    person: str
    kind: str
    what: str
    detail: str


@blueprint.get("/activity")
@org_admin_required
def show() -> str:
    """Who did what, newest first, page by page."""
    organization, query = current_organization(), Query.read(request.args)
    found = trail.page(
        organization,
        query.filters,
        before=Cursor.parse(request.args.get("before", "")),
        after=Cursor.parse(request.args.get("after", "")),
    )
    actors = trail.people(organization)
    if query.person and query.person not in actors:
        actors.append(query.person)
    return render_template(
        "activity/show.html",
        lines=[_line(event) for event in found.rows],
        page=found,
        chosen=query,
        kinds={key: translated(name) for key, name in wording.KINDS.items()},
        people={actor: audit.name_for_reader(actor) for actor in actors},
    )


@blueprint.get("/activity.csv")
@org_admin_required
@from_replica
def export() -> Response:
    """Everything that the filters select, streamed."""
    organization = current_organization()
    events = trail.list_all_records(organization, Query.read(request.args).filters)
    return csv_download(_rows(organization, events), f"activity-{organization.slug}.csv")


def _rows(organization: Organization, events: Iterator[AuditEvent]) -> Iterator[tuple[str, ...]]:
    zone = ZoneInfo(organization.timezone)
    yield _HEAD
    for line in map(_line, events):
        at = line.event.at.astimezone(zone).isoformat()
        yield (at, line.person, line.kind, line.what, line.detail, line.event.address or "")


def _line(event: AuditEvent) -> ActivityEntry:
    words = wording.find_wording(event.action)
    person = audit.name_for_reader(event.actor)
    kind = translated(wording.KINDS[words.kind])
    return ActivityEntry(event, person, kind, translated(words.text), words.detail(event))


def _day(text: str) -> date | None:
    found = read_day(text)
    return found if found is not None and _FIRST_YEAR <= found.year <= _LAST_YEAR else None
