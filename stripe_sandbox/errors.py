"""Errors in Stripe's envelope (https://docs.stripe.com/api/errors)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class ApiError(Exception):
    """An answer that isn't 2xx. `keeps_changes` marks a decline, which leaves its trace, unlike a refusal."""

    def __init__(
        self, status: int, type_: str, message: str, *, keeps_changes: bool = False, **details: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keeps_changes = keeps_changes
        self.body: dict[str, Any] = {"error": {"type": type_, "message": message, **details}}
        code = details.get("code")
        if code:
            self.body["error"]["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def invalid(message: str, *, code: str | None = None, param: str | None = None, **details: Any) -> ApiError:
    """400: the request can't be carried out as it is."""
    named: dict[str, Any] = {"code": code, "param": param}
    details |= {name: value for name, value in named.items() if value}
    return ApiError(400, "invalid_request_error", message, **details)


# What Stripe calls an object in a sentence, where that isn't its `object`.
_NAMES = {
    "payment_method": "PaymentMethod",
    "setup_intent": "setupintent",
    "test_helpers.test_clock": "test clock",
}


def missing(kind: str, id_: str, param: str = "id") -> ApiError:
    """No object has this id; 404 where the address names it, 400 where a parameter does."""
    words = _NAMES.get(kind, kind)
    return ApiError(
        404 if param == "id" else 400,
        "invalid_request_error",
        f"No such {words}: '{id_}'",
        code="resource_missing",
        param=param,
    )


def unexpected_state(kind: str, object_: dict[str, Any], verb: str) -> ApiError:
    """An intent can't do this in the state it is in."""
    words = kind.replace("_", " ").title().replace(" ", "")
    message = f"You cannot {verb} this {words} because it has a status of {object_['status']}."
    about: dict[str, Any] = {kind: object_}
    return invalid(message, code=f"{kind}_unexpected_state", **about)


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a card was not charged or not saved.

    `decline_code` is the bank's own word where it has one, `network_decline_code` the card network's, and
    `advice_code` what it advises to do.
    """

    code: str
    message: str
    decline_code: str | None = None
    network_decline_code: str | None = None
    advice_code: str | None = None

    @property
    def codes(self) -> dict[str, str]:
        """The codes that there are, by Stripe's names."""
        known = {
            "decline_code": self.decline_code,
            "network_decline_code": self.network_decline_code,
            "advice_code": self.advice_code,
        }
        return {name: code for name, code in known.items() if code}


def card_error(decline: Decline, **details: Any) -> ApiError:
    """402: the card was declined. What happened to the intent stays."""
    return ApiError(
        402, "card_error", decline.message, keeps_changes=True, code=decline.code, **decline.codes, **details
    )
