"""What an operation on a hold does to an organization with its wallet locked, in memory.

By the rules of `app.billing.wallet.holds`, and by the same functions where there are such.
"""

from __future__ import annotations

from datetime import datetime

from app.billing.fast_holds.operations import End, Operation, Renew, Reserve
from app.billing.fast_holds.rows import HoldRow, Standing, WalletRow
from app.billing.limits import Call
from app.billing.usage import quotes
from app.billing.usage.quotes import Quote
from app.billing.wallet import calling_state, hold_refusals, hold_requests, watches
from app.billing.wallet.calling_state import Judgment
from app.billing.wallet.credit import Credit
from app.billing.wallet.hold_prices import Counted, Price
from app.ids import uuid7
from app.models import HoldState


class NotPlainError(Exception):
    """The careful way has to decide; nothing was changed."""


def decide(standing: Standing, operation: Operation, at: datetime) -> HoldRow:
    """Do an operation, and return the hold after it. Nothing is changed if it raises a `HoldError`, which refuses it,
    or `NotPlainError`."""
    if not _is_settled(standing, at):
        raise NotPlainError
    if isinstance(operation, Reserve):
        return _reserve(standing, operation, at)
    hold = standing.holds.get(operation.key)
    if hold is None:
        raise NotPlainError
    if isinstance(operation, Renew):
        return _renew(standing, hold, operation, at)
    return _end(standing, hold, operation, at)


def _reserve(standing: Standing, asked: Reserve, at: datetime) -> HoldRow:
    wallet, known = standing.wallet, standing.holds.get(asked.key)
    quote = _quote(standing, asked, at)
    request = hold_requests.describe_hold(
        quote, asked.lease, call=asked.call, agent=asked.agent, campaign=asked.campaign, to=asked.to
    )
    if known is not None:
        hold_requests.require_same(known, request)
        return known
    planned = Call.to(asked.to, campaign=asked.campaign, agent=asked.agent)
    if wallet.counts_spend or planned.is_guarded or _may_have_envelope(wallet, asked.campaign):
        raise NotPlainError
    price = _price(standing, quote)
    hold_refusals.refuse_all(wallet, price, is_inbound=quote.is_inbound)
    hold_refusals.refuse_short(wallet, price, None, is_inbound=quote.is_inbound)
    hold = HoldRow(
        org_id=asked.org_id,
        id=uuid7(),
        key=asked.key,
        amount_micro=price.amount.micro,
        used_micro=0,
        slice=1,
        is_final=False,
        state=HoldState.ACTIVE,
        campaign=asked.campaign,
        envelope_id=None,
        set_aside_micro=0,
        asked=request,
        slice_asked=None,
        expires_at=at + asked.lease,
        call=asked.call,
        agent=asked.agent,
        destination=planned.destination.key if planned.destination else None,
        destination_class=planned.destination.class_key if planned.destination else None,
        is_inbound=quote.is_inbound,
        created_at=at,
        is_new=True,
    )
    _take(standing, hold, price)
    standing.holds[hold.key] = hold
    return hold


def _renew(standing: Standing, hold: HoldRow, asked: Renew, at: datetime) -> HoldRow:
    hold_requests.require_active(hold)
    quote = _quote(standing, asked, at)
    request = hold_requests.describe_slice(quote, asked.lease)
    if hold_requests.is_next_slice(hold, asked.slice, request):
        if hold.set_aside_micro or _may_have_envelope(standing.wallet, hold.campaign):
            raise NotPlainError
        price = _price(standing, quote)
        if price.amount.micro > Credit.of(standing.wallet).spendable(inbound=quote.is_inbound):
            raise NotPlainError
        _take(standing, hold, price)
        hold.amount_micro += price.amount.micro
        hold.slice, hold.slice_asked = asked.slice, request
        hold.expires_at = at + asked.lease
        hold.is_changed = True
    return hold


def _end(standing: Standing, hold: HoldRow, asked: End, at: datetime) -> HoldRow:
    if hold.state is not HoldState.ACTIVE:
        return hold
    if hold.set_aside_micro:
        raise NotPlainError
    _move(standing, -hold.amount_micro)
    hold.state, hold.ended_at = asked.state, at
    hold.is_changed = True
    for key, units in hold.units.items():
        standing.reserved[key] = standing.reserved.get(key, 0) - units
    return hold


def _quote(standing: Standing, asked: Reserve | Renew, at: datetime) -> Quote:
    try:
        return quotes.quote_of(asked.org_id, standing.billing, asked.wanted, at=at)
    except quotes.UnknownMeterError:
        raise NotPlainError from None


def _price(standing: Standing, quote: Quote) -> Price:
    try:
        return quote.price_after(standing.counts, standing.reserved)
    except quotes.TooMuchError:
        raise NotPlainError from None


def _take(standing: Standing, hold: HoldRow, price: Price) -> None:
    """Reserve what a hold costs, and the units of allowances that are included."""
    _move(standing, price.amount.micro)
    for key, counted in price.included.items():
        standing.reserved[key] = standing.reserved.get(key, 0) + counted.units
        before = hold.included.get(key, Counted(0, 0))
        hold.included[key] = Counted(before.units + counted.units, before.worth + counted.worth)


def _move(standing: Standing, held: int) -> None:
    """Change what a wallet holds, if no one has to be notified of that."""
    standing.wallet.held_micro += held
    if not _is_quiet(standing.wallet):
        standing.wallet.held_micro -= held
        raise NotPlainError
    standing.moves += 1


def _is_settled(standing: Standing, at: datetime) -> bool:
    """Whether nothing has expired, and the wallet's state is that of its credit."""
    wallet = standing.wallet
    times = (wallet.envelope_ends_at, wallet.credit_expires_at)
    is_over = standing.has_expired or any(one is not None and one <= at for one in times)
    return not is_over and _is_quiet(wallet)


def _is_quiet(wallet: WalletRow) -> bool:
    """Whether neither the calling state has changed with the wallet's credit, nor a watch is crossed."""
    credit = Credit.of(wallet)
    judged = calling_state.judge(credit, wallet.low_threshold_micro, was_low=wallet.is_low)
    is_same = judged == Judgment(wallet.state, wallet.is_low, wallet.is_outbound_paused)
    return is_same and not watches.is_crossed(credit.available, wallet.watch_micro, wallet.recovery_micro)


def _may_have_envelope(wallet: WalletRow, campaign: str | None) -> bool:
    return campaign is not None and wallet.envelope_ends_at is not None
