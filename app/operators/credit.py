"""Credit that an operator grants: once, with a reason that owners read, and as much in a day as settings allow."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.billing.credit import grants
from app.billing.credit.grants import Grant
from app.clock import utc_now
from app.extensions import db
from app.models import Operator, OperatorEvent, Organization
from app.models.scope import Reason, seeing_all
from app.money import Money
from app.operators import accounts, trail
from app.operators.trail import Doer

CAP_WINDOW = timedelta(days=1)


class NotAllowedError(Exception):
    """The operator's role doesn't include this, or no longer does."""


class CapError(ValueError):
    """The operator has granted so much within a day that this would be more than they may."""

    def __init__(self, cap: Money, left: Money) -> None:
        super().__init__(
            f"You may grant {cap} within 24 hours, and {left} of it is left. Ask someone with access to the "
            "machine to run `flask credit grant`."
        )


def grant(organization: Organization, wanted: Grant, doer: Doer, *, cap: Money | None = None) -> bool:
    """Grant credit; False if the same key has granted it already. In the caller's transaction; locks the operator,
    then the wallet.

    `cap` is how much an operator may grant within a day; commands have none. Raises `NotAllowedError`, `CapError`,
    `GrantError` and `TooFarError`; nothing was granted then, once the caller has rolled back.
    """
    if doer.operator is not None:
        current = accounts.lock(doer.operator.id)
        if current.disabled_at is not None or not current.may_grant:
            raise NotAllowedError
    is_new = grants.grant(organization, wanted, doer.actor)
    if not is_new:
        return False
    if doer.operator is not None and cap is not None:
        left = left_today(doer.operator, cap)
        if wanted.amount.micro > left.micro:
            raise CapError(cap, left)
    trail.record(
        doer,
        "credit.granted",
        f"{wanted.kind.value}, {wanted.key}",
        about=organization,
        reason=wanted.note,
        amount=wanted.amount,
    )
    return True


@seeing_all(Reason.CONSOLE)
def left_today(operator: Operator, cap: Money) -> Money:
    """How much of the cap is left, in its currency. To rely on it, lock the account."""
    granted = db.session.scalar(
        select(func.coalesce(func.sum(OperatorEvent.amount_micro), 0)).where(
            OperatorEvent.operator_id == operator.id,
            OperatorEvent.action == "credit.granted",
            OperatorEvent.currency == cap.currency,
            OperatorEvent.at > utc_now() - CAP_WINDOW,
        )
    )
    return Money(max(cap.micro - int(granted or 0), 0), cap.currency)
