"""Stripe's errors, classified by what they mean for the payer's money.

https://docs.stripe.com/error-handling, https://docs.stripe.com/error-low-level#idempotency
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
import structlog

log = structlog.get_logger("billing.payments")


class PaymentsError(Exception):
    """A call to Stripe failed. Its text is for operators and logs."""

    @property
    def for_operators(self) -> str:
        """The outcome of the call, as a clause: "Stripe gave no usable answer (…)"."""
        return f"Stripe gave no usable answer ({self})"


class DeclinedError(PaymentsError):
    """The bank or Stripe declined the card. Nothing was charged; the same card may never work."""

    def __init__(self, code: str, intent: Any = None) -> None:
        super().__init__(f"declined: {code}")
        self.code = code
        self.intent = intent

    @property
    def for_operators(self) -> str:
        return f"Stripe declined the card ({self.code})"


class OutcomeUnknownError(PaymentsError):
    """There was no usable response: the call may have taken effect or not. Retry with the same key, never with a new
    one."""


class NotDoneError(PaymentsError):
    """Stripe did nothing, through no fault of the call: retrying later is safe."""

    @property
    def for_operators(self) -> str:
        return f"Stripe did nothing for now ({self})"


class StandInError(NotDoneError):
    """The expected stand-in for Stripe is not running, or another one is; the message says what to do."""


class MisconfiguredError(NotDoneError):
    """Stripe did nothing because our API key is wrong or lacks permission: operators must fix it."""

    @property
    def for_operators(self) -> str:
        return f"Stripe does not take STRIPE_SECRET_KEY, or it may not do this ({self})"


class RefusedError(PaymentsError):
    """Stripe refused the call itself; nothing was done.

    `code` is Stripe's, for example `resource_missing`, and `param` names the parameter that was wrong, if any.
    """

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(f"refused: {code}: {message}")
        self.code = code
        self.param = param

    @property
    def for_operators(self) -> str:
        return f"Stripe refused it ({str(self).removeprefix('refused: ')})"


@contextmanager
def translated() -> Iterator[None]:
    """Translate the SDK's errors into ours."""
    try:
        yield
    except stripe.CardError as error:
        raise DeclinedError(_decline_code(error), _intent(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("stripe_refuses_our_key", reason=type(error).__name__)
        raise MisconfiguredError(type(error).__name__) from error
    except stripe.RateLimitError as error:
        log.error("stripe_did_nothing", reason=type(error).__name__)
        raise NotDoneError(type(error).__name__) from error
    except stripe.InvalidRequestError as error:
        code = (error.error.code if error.error else None) or "invalid_request"
        raise RefusedError(code, error.user_message or str(error), error.param) from error
    except stripe.StripeError as error:
        # Lost connections, timeouts, 409 and 5xx after the SDK's own retries, responses that aren't Stripe's; and a
        # key that was used with other parameters, which doesn't say what its first use did.
        log.warning("stripe_outcome_unknown", reason=type(error).__name__)
        raise OutcomeUnknownError(type(error).__name__) from error


def _decline_code(error: stripe.CardError) -> str:
    details = error.error
    return getattr(details, "decline_code", None) or getattr(details, "code", None) or "generic_decline"


def _intent(error: stripe.CardError) -> Any:
    return getattr(error.error, "payment_intent", None) if error.error else None
