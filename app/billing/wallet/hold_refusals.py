"""Why a hold is refused: it can't be created, renewed, or ended as requested."""

from __future__ import annotations

from app.billing.wallet import calling_state
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.credit import Credit, WithCredit
from app.billing.wallet.envelope_moves import OpenEnvelope, left_of
from app.billing.wallet.hold_prices import Price
from app.models import HoldState
from app.money import Money


class HoldError(Exception):
    """A hold can't be created, renewed, or ended as requested."""


class CallingPausedError(HoldError):
    """Calling is paused, so no new call may start, whatever it would cost; `available` is the available credit."""

    def __init__(self, available: Money, needed: Money, reason: PauseReason) -> None:
        super().__init__(
            "Calling is paused: no new call can start, whatever is left of the plan's allowances."
        )
        self.available = available
        self.needed = needed
        self.reason = reason


class NotEnoughCreditError(HoldError):
    """Available credit doesn't cover the hold; `needed` is what the hold would reserve."""

    def __init__(self, available: Money, needed: Money) -> None:
        super().__init__("Available credit doesn't cover this hold. Top up the wallet to continue.")
        self.available = available
        self.needed = needed


class ReserveKeptError(HoldError):
    """What the hold needs is kept for number rent and inbound calls.

    `available` is what it could have reserved, `needed` what it would reserve, and `reserve` the floor.
    """

    def __init__(self, available: Money, needed: Money, reserve: Money) -> None:
        super().__init__(
            "The remaining credit is the owners' reserve for number rent and inbound calls. Outbound calls can "
            "start after a top-up."
        )
        self.available = available
        self.needed = needed
        self.reserve = reserve


class UnknownHoldError(HoldError):
    """No hold has this key."""


class HoldEndedError(HoldError):
    """The hold has ended and reserves nothing: create a new one with a new key."""

    def __init__(self, key: str, state: HoldState) -> None:
        super().__init__(f"The hold {key!r} is {state.value}. Create a new hold with a new key.")
        self.state = state


class OtherContentError(HoldError):
    """The hold, or the slice, was already accepted with different content; `differs` names the fields."""

    def __init__(self, what: str, differs: list[str]) -> None:
        super().__init__(f"{what} was already accepted with different content: {', '.join(differs)}.")
        self.differs = differs


class WrongSliceError(HoldError):
    """A renewal has an unexpected slice number; `expected` is the next one."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"The next slice of this hold is {expected}.")
        self.expected = expected


def refuse_all(wallet: WithCredit, price: Price, *, is_inbound: bool) -> None:
    """Raise the error for a call without an envelope that has credit, if none may start, whatever it costs."""
    credit = Credit.of(wallet)
    reason = calling_state.reason_of(credit)
    if reason is not None:
        raise CallingPausedError(Money(credit.available, wallet.currency), price.amount, reason)
    if credit.is_at_reserve and not is_inbound:
        raise ReserveKeptError(
            Money.zero(wallet.currency), price.amount, Money(credit.reserve, wallet.currency)
        )


def refuse_short(
    wallet: WithCredit, price: Price, envelope: OpenEnvelope | None, *, is_inbound: bool
) -> None:
    """Raise the error for a hold that costs more than there is for it."""
    credit, left = Credit.of(wallet), left_of(envelope)
    spendable = left + credit.spendable(inbound=is_inbound)
    if price.amount.micro <= spendable:
        return
    if price.amount.micro <= left + credit.spendable(inbound=True):
        raise ReserveKeptError(
            Money(spendable, wallet.currency), price.amount, Money(credit.reserve, wallet.currency)
        )
    raise NotEnoughCreditError(Money(spendable, wallet.currency), price.amount)
