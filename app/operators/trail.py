"""What operators did, by the console or by commands: who, when, about whom, and why. No one can change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from app import cursor
from app.billing import audit
from app.billing.audit import Actor
from app.clock import utc_now
from app.cursor import Cursor, Page
from app.extensions import db
from app.models import Operator, OperatorEvent, Organization
from app.models.scope import Reason, seeing_all
from app.money import Money
from app.text import is_blank, is_storable

PAGE = 50
LONGEST_REASON = 120
"""Characters, as a note of credit, which owners read."""
OPENED_FOR = timedelta(minutes=15)
"""How long an organization counts as opened by the same operator: their next page of it is no new entry."""

Action = Literal[
    "credit.granted",
    "email.resent",
    "event.replayed",
    "finding.acknowledged",
    "message.replayed",
    "operator.added",
    "operator.confirmation_failed",
    "operator.disabled",
    "operator.joined",
    "operator.reset",
    "operator.role_changed",
    "operator.sign_in_failed",
    "operator.signed_in",
    "operator.signed_out",
    "organization.opened",
]


class ReasonError(ValueError):
    """An action needs a reason that can be stored and read."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something: an operator in the console, at this IP address, or someone who runs a command."""

    operator: Operator | None = None
    address: str | None = None

    @property
    def name(self) -> str:
        """As the operators' own trail keeps it."""
        return self.operator.email if self.operator is not None else "command"

    @property
    def actor(self) -> Actor:
        """As owners read it in their trail. Their address is no one's business there."""
        return Actor(f"operator {self.operator.name}") if self.operator is not None else audit.OPERATOR


COMMAND = Doer()
"""Someone with a shell on the machine. Its own log says who."""
BY_COMMAND = "By a command"
"""The reason of a command that was given none."""


def checked_reason(text: str) -> str:
    """The reason without spaces around it. Raises `ReasonError`."""
    reason = " ".join(text.split())
    if is_blank(reason) or len(reason) > LONGEST_REASON or not is_storable(reason):
        raise ReasonError(f"Say why, in 1 to {LONGEST_REASON} characters.")
    return reason


@seeing_all(Reason.CONSOLE)
def record(
    doer: Doer,
    action: Action,
    subject: str = "",
    *,
    about: Organization | None = None,
    reason: str = "",
    amount: Money | None = None,
) -> None:
    """Add an entry, in the caller's transaction. `subject` and `reason` are text without secrets."""
    db.session.add(
        OperatorEvent(
            operator_id=doer.operator.id if doer.operator is not None else None,
            actor=doer.name,
            action=action,
            organization_id=about.id if about is not None else None,
            organization=about.name if about is not None else "",
            subject=subject,
            reason=reason,
            amount_micro=amount.micro if amount is not None else None,
            currency=amount.currency if amount is not None else None,
            address=doer.address,
        )
    )
    db.session.flush()


@seeing_all(Reason.CONSOLE)
def is_open(doer: Doer, organization: Organization) -> bool:
    """Whether the operator has opened the organization a moment ago, as an entry says. A command's reader is no one
    in particular: each opens it again."""
    if doer.operator is None:
        return False
    entry = select(OperatorEvent.id).where(
        OperatorEvent.operator_id == doer.operator.id,
        OperatorEvent.at > utc_now() - OPENED_FOR,
        OperatorEvent.organization_id == organization.id,
        OperatorEvent.action == "organization.opened",
    )
    return db.session.scalar(entry.limit(1)) is not None


@seeing_all(Reason.CONSOLE)
def page(
    *, about: UUID | None = None, before: Cursor | None = None, after: Cursor | None = None
) -> Page[Any, Cursor]:
    """What operators did, of all or `about` one organization, newest first."""
    wanted = select(OperatorEvent)
    if about is not None:
        wanted = wanted.where(OperatorEvent.organization_id == about)
    return cursor.page(wanted, OperatorEvent.at, OperatorEvent.id, size=PAGE, before=before, after=after)
