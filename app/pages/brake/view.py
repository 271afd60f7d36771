"""What the brake's page shows: what waits for an answer, or what was answered last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.billing import audit, brake, hours
from app.billing.brake import answering, limits
from app.billing.brake.limits import Limits
from app.clock import utc_now
from app.language import gettext
from app.models import BrakeAnswer, BrakeStop, Organization
from app.money import Money


@dataclass(frozen=True, slots=True)
class Took:
    """A campaign or an agent that took credit in the hour before the stop."""

    kind: str
    name: str
    amount: Money

    @property
    def label(self) -> str:
        """The name, and which of the two it is."""
        if self.kind == "campaign":
            return gettext("Campaign %(name)s", name=self.name)
        return gettext("Agent %(name)s", name=self.name)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop, in money. `up_to` is what an hour may take after an answer, `now` what the last hour took by now."""

    stop: BrakeStop
    spent: Money
    usual: Money | None
    took: tuple[Took, ...]
    up_to: Money
    now: Money
    answered_by: str

    @property
    def is_open(self) -> bool:
        return self.stop.answered_at is None

    @property
    def until(self) -> datetime | None:
        return self.stop.until

    @property
    def is_for_good(self) -> bool:
        return self.stop.answer is BrakeAnswer.FOR_GOOD


@dataclass(frozen=True, slots=True)
class BrakePage:
    """`stop` is the one that waits, or else the newest one. `accepted` is what was accepted for good."""

    stop: Stop | None
    accepted: Money | None
    limits: Limits
    floor: Money


def gather(organization: Organization) -> BrakePage:
    """Everything on the page."""
    stop = brake.find_open(organization.id) or brake.find_newest_answered(organization.id)
    own, allowed = brake.find_own(organization.id), limits.limits_of(organization)
    currency = organization.currency
    return BrakePage(
        stop=_view(organization, stop) if stop is not None else None,
        accepted=Money(own.accepted_micro, currency) if own is not None and own.accepted_micro else None,
        limits=allowed,
        floor=Money(allowed.floor, currency),
    )


def _view(organization: Organization, stop: BrakeStop) -> Stop:
    currency, at = organization.currency, utc_now()
    if stop.answered_at is None:
        up_to = answering.get_up_to(organization, stop, at)
    else:
        up_to = Money(stop.up_to_micro or 0, currency)
    return Stop(
        stop=stop,
        spent=Money(stop.spent_micro, currency),
        usual=Money(stop.usual_micro, currency) if stop.is_known else None,
        took=tuple(Took(one["kind"], one["name"], Money(one["micro"], currency)) for one in stop.spenders),
        up_to=up_to,
        now=Money(hours.spent_since(organization.id, at - answering.HOUR), currency),
        answered_by=audit.name_for_reader(stop.answered_by or ""),
    )
