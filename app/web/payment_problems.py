"""Messages for failed calls to Stripe: what happened, and what to do next.

No response, nothing done, our own fault, a rejected request and a decline are five different things
(https://docs.stripe.com/error-handling).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from app.language import gettext, marked, translated
from app.payments.declines import advice_for
from app.payments.errors import (
    DeclinedError,
    MisconfiguredError,
    NotDoneError,
    OutcomeUnknownError,
    PaymentsError,
    RefusedError,
)

_LATER = marked("Try again in a moment.")


@dataclass(frozen=True, slots=True)
class Problem:
    """`message` says what happened and with what effect, `next_step` what to do."""

    message: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}"


def problem(error: BaseException, undone: str, *, unknown: Problem | None = None) -> Problem:
    """The message for an error of Stripe's; `undone` says what didn't happen, like "nothing was charged", in the
    reader's language as it follows "so".

    `error` is of `app.payments`, or was raised from one. `unknown` is used instead if there was no response and it
    may have happened; without it, the request can simply be repeated.
    """
    match error if isinstance(error, PaymentsError) else error.__cause__:
        case DeclinedError() as declined:
            advice = advice_for(declined.code)
            return Problem(advice.message, advice.next_step)
        case RefusedError() as refused:
            return Problem(
                # Translators: `undone` is such as “nothing was charged”
                gettext("The payment processor rejected this, so %(undone)s.", undone=undone),
                gettext(
                    "Trying again won't help. Email %(email)s and mention %(code)s.",
                    email=_support(),
                    code=refused.code,
                ),
            )
        case MisconfiguredError():
            return Problem(
                # Translators: `undone` is such as “nothing was charged”
                gettext(
                    "Payments aren't working because of a problem on our side, so %(undone)s.", undone=undone
                ),
                gettext("Email %(email)s if this continues.", email=_support()),
            )
        case NotDoneError():
            return Problem(
                # Translators: `undone` is such as “nothing was charged”
                gettext("The payment processor is busy, so %(undone)s.", undone=undone),
                translated(_LATER),
            )
        case OutcomeUnknownError():
            return unknown or Problem(
                # Translators: `undone` is such as “nothing was charged”
                gettext("The payment processor didn't respond, so %(undone)s.", undone=undone),
                translated(_LATER),
            )
    raise TypeError(f"{error!r} is no error of app.payments.")


def _support() -> str:
    return str(current_app.config["SETTINGS"].support_email)
