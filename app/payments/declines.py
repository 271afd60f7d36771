"""Card declines explained, each with the next step.

Codes and advice: https://docs.stripe.com/declines/codes. A lost or stolen card is shown as a plain decline, as Stripe
recommends: the person at the keyboard may not be the cardholder.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.language import marked, translated


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened and what to do next. `same_card` says whether retrying the same card makes sense."""

    message: str
    next_step: str
    same_card: bool


REFUSED = "refused"

_GENERIC = Advice(
    marked("The bank declined this payment without giving a reason."),
    marked("Use another card, or ask your bank to allow the payment and try again."),
    same_card=False,
)
_TECHNICAL = Advice(
    marked("The payment couldn't be processed because of a technical problem."),
    marked("Try again in a moment."),
    same_card=True,
)
_REMOVED = Advice(
    marked("This card was removed from the payment processor."),
    marked("Use another card, or add it again."),
    same_card=False,
)

_ADVICE = {
    "insufficient_funds": Advice(
        marked("The card has insufficient funds."),
        marked("Use another card, or a smaller amount."),
        same_card=False,
    ),
    "expired_card": Advice(
        marked("The card has expired."), marked("Use another card, or add the new one."), same_card=False
    ),
    "incorrect_cvc": Advice(
        marked("The security code (CVC) saved with this card is wrong."),
        marked("Add the card again, or use another."),
        same_card=False,
    ),
    "invalid_cvc": Advice(
        marked("The security code (CVC) saved with this card is wrong."),
        marked("Add the card again, or use another."),
        same_card=False,
    ),
    "incorrect_number": Advice(
        marked("The card number is wrong."), marked("Add the card again, or use another."), same_card=False
    ),
    "card_not_supported": Advice(
        marked("The card doesn't support this kind of payment."), marked("Use another card."), same_card=False
    ),
    "currency_not_supported": Advice(
        marked("The card can't pay in this currency."),
        marked("Use another card, or ask your bank."),
        same_card=False,
    ),
    "card_velocity_exceeded": Advice(
        marked("The card is over its limit."),
        marked("Use another card, or a smaller amount."),
        same_card=False,
    ),
    "withdrawal_count_limit_exceeded": Advice(
        marked("The card is over its limit."),
        marked("Use another card, or a smaller amount."),
        same_card=False,
    ),
    "processing_error": _TECHNICAL,
    "issuer_not_available": Advice(
        marked("The bank couldn't be reached."),
        marked("Try again in a moment, or use another card."),
        same_card=True,
    ),
    "try_again_later": _TECHNICAL,
    "reenter_transaction": _TECHNICAL,
    "authentication_required": Advice(
        marked("Your bank requires an extra check for this payment."),
        marked("Try again and confirm it when asked."),
        same_card=True,
    ),
    "payment_intent_authentication_failure": Advice(
        marked("The payment wasn't confirmed with the bank."),
        marked("Try again and confirm it when asked, or use another card."),
        same_card=True,
    ),
    "resource_missing": _REMOVED,
    # Without a code of its own: a card that was detached, or was used up by the payment that it was entered for.
    "invalid_request": _REMOVED,
    # Our own: Stripe refused the request itself, for no reason that the bank or the card gave.
    REFUSED: Advice(
        marked("The payment processor rejected this payment, so the card wasn't charged."),
        marked("Use another card. If it's rejected again, contact support."),
        same_card=False,
    ),
    # Our own: Stripe has no code for what it never tried.
    "no_card": Advice(
        marked("There was no card to pay with."), marked("Add a card, then pay with it."), same_card=False
    ),
    "not_charged": Advice(
        marked("The payment processor couldn't be reached in time, so the payment was canceled."),
        marked("Try again."),
        same_card=True,
    ),
}


_WRONG_CVC = Advice(
    marked("The security code (CVC) is wrong."),
    marked("Check it and enter the card again, or use another."),
    same_card=False,
)
_USED_UP = Advice(
    marked("A card that isn't saved can be tried only once."),
    marked("Enter it again, or use another card."),
    same_card=False,
)
# Without a code of its own, Stripe refuses a confirmation token that was used or has expired.
_NO_LONGER = Advice(
    marked("The card details have expired. They can be used for one payment, within 12 hours."),
    marked("Enter the card again, or use another."),
    same_card=False,
)
_AGAIN = marked("Enter the card again in a moment, or use another.")
_ENTERED = {
    "incorrect_cvc": _WRONG_CVC,
    "invalid_cvc": _WRONG_CVC,
    "incorrect_number": Advice(
        marked("The card number is wrong."),
        marked("Check it and enter the card again, or use another."),
        same_card=False,
    ),
    "expired_card": Advice(
        marked("The card has expired."),
        marked("Check the date and enter the card again, or use another."),
        same_card=False,
    ),
    "resource_missing": _USED_UP,
    "payment_method_unactivated": _USED_UP,
    "invalid_request": _NO_LONGER,
    "authentication_required": Advice(
        marked("Your bank requires an extra check for this payment."),
        marked("Enter the card again and confirm when asked, or use another card."),
        same_card=False,
    ),
    "payment_intent_authentication_failure": Advice(
        marked("The payment wasn't confirmed with the bank."),
        marked("Enter the card again and confirm when asked, or use another card."),
        same_card=False,
    ),
}


def code_for_refusal(code: str) -> str:
    """The code to store for a request that Stripe rejected: its own if it is about the card."""
    return code if code in _ADVICE else REFUSED


def advice_for(code: str | None, *, is_entered: bool = False) -> Advice:
    """The advice for Stripe's decline or error code; that of a plain decline for an unknown one.

    `is_entered` is for a card that is not saved: it has to be entered again for each attempt.
    """
    advice = english_advice(code)
    if is_entered:
        again = _AGAIN if advice.same_card else advice.next_step
        advice = _ENTERED.get(code or "", replace(advice, next_step=again, same_card=False))
    return replace(advice, message=translated(advice.message), next_step=translated(advice.next_step))


def english_advice(code: str | None) -> Advice:
    """The advice for a saved card in English, for what is stored now and read by others later."""
    return _ADVICE.get(code or "", _GENERIC)
