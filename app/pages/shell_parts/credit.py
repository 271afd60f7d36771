"""What the parts show of an organization's credit, as plain text: the shell's pages never get markup of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from flask import url_for

from app.billing import plans
from app.billing.plans import PlanView
from app.billing.wallet import balance
from app.billing.wallet.balance import BalanceView
from app.language import gettext
from app.models import CallingState, LimitSubject, Organization
from app.pages.shell_parts import wording
from app.pages.shell_parts.wording import Alert
from app.pages.tags import tag_of
from app.web.formatting import money


class State(StrEnum):
    """The calling state, and whether the balance that pauses calling is below zero."""

    ACTIVE = "active"
    LOW = "low"
    PAUSED = "paused"
    NEGATIVE = "negative"


_TONES = {State.ACTIVE: "good", State.LOW: "warn", State.PAUSED: "bad", State.NEGATIVE: "bad"}


@dataclass(frozen=True, slots=True)
class Credit:
    """The message `wallet` to the shell's page. `tone` is which of a part's colors `label` has; `available` is as
    people read it, `amount` as programs do; `path` is where a top-up begins."""

    organization: UUID
    state: State
    label: str
    tone: str
    available: str
    amount: str
    currency: str
    path: str
    alerts: list[Alert]


def gather(organization: Organization) -> tuple[Credit, str]:
    """What the parts show, and its tag. In two statements, and two more where spend is limited."""
    found = balance.gather(organization)
    return of(organization, found, plans.gather(organization)), tag_of(found.version, found.limits_turn_at)


def of(organization: Organization, found: BalanceView, plan: PlanView) -> Credit:
    """The same, of what was read."""
    state = State.NEGATIVE if found.is_negative else State(found.state.value)
    label, tone = _label(found, state)
    return Credit(
        organization=organization.id,
        state=state,
        label=label,
        tone=tone,
        available=money(found.available),
        amount=found.available.exact,
        currency=found.available.currency,
        path=url_for("wallet.show", _anchor="top-up"),
        alerts=[
            *wording.credit_alerts(found),
            *wording.limit_alerts(found),
            *wording.plan_alerts(plan),
        ],
    )


def _label(found: BalanceView, state: State) -> tuple[str, str]:
    """The state in words, and the tone to say it in: what is new is neither good nor bad."""
    if found.missing and not found.paused_since:
        return gettext("No credit yet"), "soft"
    limit = found.stopped_by
    if (
        limit is not None
        and limit.subject is LimitSubject.ORGANIZATION
        and state in {State.ACTIVE, State.LOW}
    ):
        return gettext("Limit reached"), "warn"
    label = gettext("Below zero") if state is State.NEGATIVE else CallingState(state.value).label
    return label, _TONES[state]
