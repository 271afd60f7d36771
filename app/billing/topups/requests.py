"""The request that charges a top-up at Stripe, the same one however often it is sent."""

from __future__ import annotations

from app import return_addresses
from app.billing import catalog
from app.billing.topups import automatic_attempts
from app.models import Organization, PaymentMethod, TopUp
from app.payments import charging, intents
from app.payments.charging import ChargeRequest
from app.payments.intents import Payment


def charge(top_up: TopUp, request: ChargeRequest) -> Payment:
    """Send the payment of this attempt to Stripe. Raises what `app.payments.charging` raises."""
    if top_up.payment_intent_id is not None:
        return charging.charge_again(top_up.payment_intent_id, request)
    if top_up.attempt > 1:
        # An earlier attempt got no response: if it created a payment intent after all, continue with that one.
        made = intents.find_for_top_up(top_up.id, customer_id=request.customer_id, since=top_up.created_at)
        if made is not None:
            return charging.charge_again(made.id, request) if made.status.is_untried else made
    return charging.charge(request)


def charge_request(
    organization: Organization, top_up: TopUp, card: PaymentMethod, customer_id: str
) -> ChargeRequest:
    """The request of a top-up's current attempt: the same each time it is made. One that auto top-up makes is off
    session."""
    return ChargeRequest(
        key=f"top_up:{top_up.id}:{top_up.attempt}",
        amount=top_up.amount,
        customer_id=customer_id,
        card=card.stripe_id,
        top_up_id=top_up.id,
        org_id=organization.id,
        return_url=return_addresses.top_up(organization.slug, top_up.id),
        description=f"Wallet top-up for {organization.name}",
        statement=catalog.current().top_up.statement,
        keep=top_up.keep_card,
        off_session=automatic_attempts.current(top_up) is not None,
        auto_month=top_up.auto_month,
    )
