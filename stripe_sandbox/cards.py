"""Test cards and how each behaves (https://docs.stripe.com/testing)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from stripe_sandbox.errors import ApiError, Decline, card_error


@dataclass(frozen=True, slots=True)
class Behavior:
    """`secure` is when 3-D Secure is asked for: never, always, or only while the payer is there (`on_session`).

    `unless_set_up` asks on session always, and off session unless the card was set up with it: the rows of
    https://docs.stripe.com/testing#authentication-and-setup.

    `code` and `decline` decline charges, and attaching too unless `attaches`. `disputed` is the reason for which a
    charge is disputed once it is paid, or `inquiry`.
    """

    brand: str = "visa"
    code: str = ""
    decline: str = ""
    secure: str = "never"
    attaches: bool = False
    disputed: str = ""
    refund: str = "succeeded"


CARDS: dict[str, Behavior] = {
    "4242424242424242": Behavior(),
    "5555555555554444": Behavior("mastercard"),
    "378282246310005": Behavior("amex"),
    "5200828282828210": Behavior("mastercard"),
    "5105105105105100": Behavior("mastercard"),
    "6011111111111117": Behavior("discover"),
    "3056930009020004": Behavior("diners"),
    "3566002020360505": Behavior("jcb"),
    "6200000000000005": Behavior("unionpay"),
    "4000000000000002": Behavior(code="card_declined", decline="generic_decline"),
    "4000000000009995": Behavior(code="card_declined", decline="insufficient_funds"),
    "4000000000009987": Behavior(code="card_declined", decline="lost_card"),
    "4000000000009979": Behavior(code="card_declined", decline="stolen_card"),
    "4000000000000069": Behavior(code="expired_card", decline="expired_card"),
    "4000000000000127": Behavior(code="incorrect_cvc", decline="incorrect_cvc"),
    "4000000000000119": Behavior(code="processing_error", decline="processing_error"),
    "4000000000006975": Behavior(code="card_declined", decline="card_velocity_exceeded"),
    "4000000000000341": Behavior(code="card_declined", decline="generic_decline", attaches=True),
    "4000002500003155": Behavior(secure="unless_set_up"),
    "4000003800000446": Behavior(secure="on_session"),
    "4000002760003184": Behavior(secure="always"),
    "4000000000003220": Behavior(secure="always"),
    "4000008400001629": Behavior(
        code="card_declined", decline="generic_decline", secure="always", attaches=True
    ),
    "4000008260003178": Behavior(
        code="card_declined", decline="insufficient_funds", secure="always", attaches=True
    ),
    "4000000000000259": Behavior(disputed="fraudulent"),
    "4000000000002685": Behavior(disputed="product_not_received"),
    "4000000000001976": Behavior(disputed="inquiry"),
    "4000000000007726": Behavior(refund="pending"),
    "4000000000005126": Behavior(refund="fails_later"),
}

MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}

# What networks send with a decline (ISO 8583, field 39; N7 is Visa's for a wrong security code), and what Stripe
# makes of it: https://docs.stripe.com/declines/card#retrying-issuer-declines
_NETWORK = {
    "generic_decline": ("05", "try_again_later"),
    "insufficient_funds": ("51", "try_again_later"),
    "lost_card": ("41", "do_not_try_again"),
    "stolen_card": ("43", "do_not_try_again"),
    "expired_card": ("54", "confirm_card_data"),
    "incorrect_cvc": ("N7", "confirm_card_data"),
    "processing_error": ("96", "try_again_later"),
    "card_velocity_exceeded": ("65", "try_again_later"),
}

NOT_AUTHENTICATED = Decline(
    "authentication_required", MESSAGES["authentication_required"], "authentication_required", "1A"
)


def behavior_of(number: str) -> Behavior:
    """How a card behaves; a number that isn't in the table pays."""
    return CARDS.get(number, Behavior())


def decline_of(behavior: Behavior) -> Decline | None:
    """How the bank refuses a card, if it does."""
    if not behavior.code:
        return None
    message = MESSAGES.get(behavior.decline) or MESSAGES.get(behavior.code) or MESSAGES["card_declined"]
    word = behavior.decline if behavior.code == "card_declined" else None
    return Decline(behavior.code, message, word, *_NETWORK[behavior.decline])


def check_card(number: str, month: int, year: int, cvc: str | None) -> None:
    """Raise the 402 that Stripe answers to a card that can't be one."""
    today = datetime.now(UTC)
    if (
        not (number.isascii() and number.isdecimal())
        or not 12 <= len(number) <= 19
        or not passes_luhn(number)
    ):
        raise _wrong("incorrect_number", "Your card number is incorrect.", "number")
    if not 1 <= month <= 12:
        raise _wrong("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    if (year, month) < (today.year, today.month):
        raise _wrong("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    if cvc is not None and not (cvc.isascii() and cvc.isdecimal() and len(cvc) in {3, 4}):
        raise _wrong("invalid_cvc", "Your card's security code is invalid.", "cvc")


def _wrong(code: str, message: str, param: str) -> ApiError:
    return card_error(Decline(code, message), param=param)


def passes_luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1."""
    digits = [int(digit) for digit in reversed(number)]
    return sum(sum(divmod(digit * (1 + index % 2), 10)) for index, digit in enumerate(digits)) % 10 == 0
