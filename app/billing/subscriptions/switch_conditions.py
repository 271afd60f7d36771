"""The conditions for beginning and making a switch."""

from __future__ import annotations

from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.plans import arrangements
from app.billing.plans.refusals import ChangeRefusedError, Refusal
from app.billing.subscriptions import switch_queries
from app.language import gettext
from app.models import Organization, PaymentMethod, PlanSwitch
from app.payments import covered_periods
from app.payments.subscription_facts import StripeSubscription


class OtherSwitchError(ChangeRefusedError):
    """Another switch is waiting for its payment: it has to be paid or canceled first."""

    refusal = Refusal.OTHER_OPEN

    def __init__(self, other: PlanSwitch) -> None:
        super().__init__(str(other.id))
        self.switch = other


class PastDueError(ChangeRefusedError):
    """A renewal has to be paid before an immediate switch. A downgrade can still be scheduled."""

    refusal = Refusal.PAST_DUE


def check_paid(organization: Organization, subscription: StripeSubscription) -> None:
    """An immediate switch gets credit for the rest of the period, whether the period was paid or not
    (https://docs.stripe.com/billing/subscriptions/credit-proration-deferral): so it has to be paid first.

    Raises `PastDueError`, `ArrangedError`, and what `app.payments` raises.
    """
    row = switch_queries.get_subscription(organization)
    if row is not None and row.open_invoice_id is not None:
        raise PastDueError
    if not subscription.is_free and not covered_periods.is_covered(subscription):
        # An operator wrote off its invoice, or left it as a draft.
        raise arrangements.ArrangedError


def check_free_for_another(organization: Organization) -> None:
    """Raises `OtherSwitchError` while a switch is open."""
    other = switch_queries.find_open(organization.id)
    if other is not None:
        raise OtherSwitchError(other)


def card_for(organization: Organization, switch: PlanSwitch) -> PaymentMethod | None:
    """The default card, if something has to be charged. Raises `CardNotUsableError`."""
    if not switch.due_micro:
        return None
    default = payment_methods.default_of(organization.id)
    if default is None:
        raise CardNotUsableError(
            gettext("You don't have a card to pay with. Add one, then come back to this page.")
        )
    return payment_methods.usable(organization, default.id)
