"""Charges a claimed top-up at Stripe, while nothing is locked, and applies what came of it."""

from __future__ import annotations

from app.billing.audit import Actor
from app.billing.cards import removal
from app.billing.purchases import NotStartedError
from app.billing.topups import queries, requests, settlement
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus, Wallet
from app.payments import declines
from app.payments.charging import ChargeRequest
from app.payments.errors import DeclinedError, NotDoneError, OutcomeUnknownError, RefusedError
from app.transaction import decided


def charge(
    organization: Organization, claimed: TopUp, card: PaymentMethod, request: ChargeRequest, actor: Actor
) -> TopUp:
    """Make a claimed payment at Stripe, and apply the result. Commits.

    Without an answer the top-up stays `paying`. Raises `NotStartedError` if nothing was charged.
    """
    decided()
    try:
        payment = requests.charge(claimed, request)
    except OutcomeUnknownError:
        return queries.find(organization.id, claimed.id)
    except NotDoneError as error:
        with queries.locked(organization.id, claimed.id) as (wallet, top_up):
            _release(wallet, top_up)
        raise NotStartedError from error
    except (DeclinedError, RefusedError) as error:
        code = _why(organization, card, error)
        with queries.locked(organization.id, claimed.id) as (wallet, top_up):
            settlement.refuse(wallet, top_up, code)
        return top_up
    with queries.locked(organization.id, claimed.id) as (wallet, top_up):
        settlement.apply(wallet, top_up, payment, actor)
    return top_up


def _why(organization: Organization, card: PaymentMethod, error: DeclinedError | RefusedError) -> str:
    """The code to store for a decline or a rejected request. Commits if the card turns out to be detached."""
    if isinstance(error, DeclinedError):
        return error.code
    # Stripe has no code for a detached card, nor for many other problems with a request.
    is_there = card.is_kept and not removal.is_gone(organization, card)
    return (
        declines.REFUSED
        if is_there and error.code == "invalid_request"
        else declines.code_for_refusal(error.code)
    )


def _release(wallet: Wallet, top_up: TopUp) -> None:
    """Stripe did nothing: let the top-up be paid again."""
    if top_up.status is TopUpStatus.PAYING:
        top_up.status = TopUpStatus.REVIEW if top_up.payment_intent_id is None else TopUpStatus.DECLINED
        wallet.version += 1
