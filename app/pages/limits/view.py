"""What the page about spending limits shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.billing.audit import name_for_reader
from app.billing.limit_settings import destinations, requests
from app.billing.limit_settings.destinations import Opened
from app.billing.limits import LimitStanding, labels, standing
from app.clock import utc_now
from app.language import gettext, marked, translated
from app.models import LimitRequest, LimitWindow, Organization, RequestState
from app.money import Money
from app.pages.labels import destination_name
from app.pages.limits import wording
from app.pages.limits.wording import LimitLine
from app.web.formatting import moment, money

_STATES = {
    RequestState.WAITING: marked("Waiting"),
    RequestState.APPROVED: marked("Approved"),
    RequestState.REFUSED: marked("Refused"),
    RequestState.OBSOLETE: marked("No longer needed"),
}
_ENDS = {
    LimitWindow.HOUR: marked("until the end of the hour"),
    LimitWindow.DAY: marked("until the end of the day"),
    LimitWindow.WEEK: marked("until the end of the week"),
    LimitWindow.MONTH: marked("until the end of the month"),
}


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request for more, for display. `limit` is None if it was removed. `is_more`: the limit allows less now."""

    request: LimitRequest
    limit: LimitStanding | None
    wanted: Money
    label: str
    by: str
    ends: str
    state: str
    is_waiting: bool
    is_more: bool

    @classmethod
    def of(cls, request: LimitRequest, limit: LimitStanding | None, currency: str) -> RequestLine:
        wanted = request.wanted(currency)
        label, amount = gettext("A removed limit"), money(wanted)
        if limit is not None:
            label = labels.subject_label(limit.subject, limit.name)
            amount = labels.amount_per(amount, limit.kind)
        ends = translated(_ENDS[limit.kind]) if limit else ""
        if request.until:
            ends = gettext("until %(time)s", time=moment(request.until))
        return cls(
            request=request,
            limit=limit,
            wanted=wanted,
            label=gettext("%(label)s: %(amount)s", label=label, amount=amount),
            by=name_for_reader(request.asked_by),
            ends=ends,
            state=translated(_STATES[request.state]),
            is_waiting=request.state is RequestState.WAITING,
            is_more=limit is not None and wanted > limit.amount,
        )


@dataclass(frozen=True, slots=True)
class LimitsPage:
    """Limits, requests that wait and the newest others, and destinations: `closed` are names and keys, and `prices`
    what calls there cost. At `turns_at` time alone changes it, None if it won't."""

    limits: list[LimitLine]
    waiting: list[RequestLine]
    decided: list[RequestLine]
    opened: list[Opened]
    closed: list[tuple[str, str]]
    prices: str
    turns_at: datetime | None


def gather(organization: Organization) -> LimitsPage:
    """Everything on the page."""
    standings = standing.gather(organization.id, utc_now())
    by_id = {one.limit_id: one for one in standings}
    asked = [
        RequestLine.of(row, by_id.get(row.limit_id), organization.currency)
        for row in requests.list_newest(organization.id)
    ]
    closed = destinations.list_closed(organization)
    return LimitsPage(
        limits=[LimitLine.of(one) for one in standings],
        waiting=[one for one in asked if one.is_waiting],
        decided=[one for one in asked if not one.is_waiting][:5],
        opened=destinations.list_opened(organization),
        closed=sorted((destination_name(one.key), one.key) for one in closed),
        prices=wording.list_prices(destinations.list_prices(organization, closed)),
        turns_at=min((_turns_at(one) for one in standings), default=None),
    )


def _turns_at(limit: LimitStanding) -> datetime:
    """When another window begins, or a raise ends."""
    return min(limit.window.end, limit.raised_until or limit.window.end)


@dataclass(frozen=True, slots=True)
class LimitsPanel:
    """The limits in one sentence, for the Wallet page; `line` is the one nearest to its end."""

    count: int
    line: LimitLine | None


def gather_panel(organization: Organization) -> LimitsPanel:
    """One statement."""
    found = standing.gather(organization.id, utc_now())
    nearest = max(found, key=lambda one: (one.refuses_all, one.percent), default=None)
    return LimitsPanel(len(found), LimitLine.of(nearest) if nearest else None)
