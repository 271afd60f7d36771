"""An hour that took more than usual: automatic charges were stopped, and an owner let them continue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.billing import audit
from app.billing.audit import Actor
from app.billing.brake.answering import RESUMED_FOR, TIMES
from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent, BrakeAnswer, BrakeStop, Organization
from app.money import Money
from demo.companies import Company

STOPPED = 5
"""How many days ago."""
_ANSWERED_AFTER = timedelta(minutes=12)


def stop_and_answer(
    organization: Organization, company: Company, owner: Actor, micro: int, at: datetime
) -> None:
    """Write what the brake did: so much was spent in the hour before, where a third of it is usual."""
    team, spent = company.teams[0], Money(micro, organization.currency)
    took = (("campaign", team.campaign, team.share), ("agent", team.agents[0], team.share // 2))
    usual, up_to = micro // 3, TIMES * micro
    answered = at + _ANSWERED_AFTER
    stop = BrakeStop(
        org_id=organization.id,
        id=uuid7(),
        at=at,
        spent_micro=micro,
        usual_micro=usual,
        most_micro=2 * usual,
        is_known=True,
        spenders=[
            {"kind": kind, "name": name, "micro": micro * percent // 100} for kind, name, percent in took
        ],
        answer=BrakeAnswer.ONCE,
        answered_at=answered,
        answered_by=owner.name,
        user_id=owner.user_id,
        up_to_micro=up_to,
        until=answered + RESUMED_FOR,
    )
    db.session.add(stop)
    currency = organization.currency
    said = {"last_hour": spent, "usual": Money(usual, currency), "most": Money(2 * usual, currency)}
    _record(stop, audit.AUTO_TOP_UP, "auto_top_up.stopped", at, _texts(said))
    answer = {"answer": "once", "until": (answered + RESUMED_FOR).isoformat()}
    _record(stop, owner, "auto_top_up.resumed", answered, answer | _texts({"up_to": Money(up_to, currency)}))


def _texts(amounts: dict[str, Money]) -> dict[str, str]:
    return {name: str(amount.rounded) for name, amount in amounts.items()}


def _record(
    stop: BrakeStop, actor: Actor, action: audit.Action, at: datetime, details: dict[str, Any]
) -> None:
    """An entry of the audit trail, of then."""
    event = AuditEvent(
        org_id=stop.org_id,
        id=uuid7(),
        at=at,
        actor=actor.name,
        user_id=actor.user_id,
        action=action,
        subject=str(stop.id),
        address=actor.address,
        details=details,
    )
    db.session.add(event)
