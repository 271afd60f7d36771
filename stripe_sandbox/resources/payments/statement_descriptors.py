"""What a card's statement calls a charge (https://docs.stripe.com/get-started/account/statement-descriptors).

A prefix that belongs to the account, `*`, a space, and a suffix that belongs to the charge: 22 characters at most,
with a letter in either part and none of `< > \\ ' " *`. What Stripe does with a longer suffix is unverified, and so
is the wording of its refusals; here it is refused, so that no one comes to rely on being cut off.
"""

from __future__ import annotations

import re
from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import find

PREFIX = "VPORTAL"
"""The prefix of the stand-in's account ("shortened descriptor" in the dashboard)."""
LONGEST = 22
_SEPARATOR = "* "
_FORBIDDEN = re.compile(r"[<>\\'\"*]")


def check_payment(params: dict[str, Any]) -> None:
    """Raise 400 for what a payment by card can't say: a descriptor of its own, or a suffix against the rules.

    "Setting this value for a card charge returns an error": the SDK on `statement_descriptor` of a payment intent.
    """
    if params.get("statement_descriptor"):
        raise invalid(
            "The `statement_descriptor` parameter is not supported for card charges. Use "
            "`statement_descriptor_suffix` instead.",
            param="statement_descriptor",
        )
    suffix = params.get("statement_descriptor_suffix")
    if suffix:
        _check(suffix, "statement_descriptor_suffix", LONGEST - len(PREFIX + _SEPARATOR))


def check_product(params: dict[str, Any]) -> None:
    """Raise 400 for a product's descriptor against the rules: the SDK on `statement_descriptor` of a product."""
    text = params.get("statement_descriptor")
    if text:
        _check(text, "statement_descriptor", LONGEST)


def of_subscription(call: Call, subscription: dict[str, Any]) -> str | None:
    """That of the first item's product, for its invoices: the SDK on `statement_descriptor` of an invoice.

    Whether that is the item before or after the change that an invoice is for is unverified; here it is before.
    """
    items = subscription["items"]["data"]
    if not items:
        return None
    text: str | None = find(call, "product", items[0]["price"]["product"])["statement_descriptor"]
    return text


def calculated(suffix: str | None) -> str:
    """The whole of it, in capital letters; an invoice's descriptor, used as the suffix, is cut off at the end.

    "For a card charge, this value is … used as the suffix" where there is no other: the SDK on `statement_descriptor`
    of a charge. That an invoice's comes there the same way is unverified.
    """
    return f"{PREFIX}{_SEPARATOR}{suffix}"[:LONGEST].upper() if suffix else PREFIX


def _check(text: str, param: str, longest: int) -> None:
    if _FORBIDDEN.search(text):
        raise invalid(
            "The statement descriptor can't contain any of these characters: < > \\ ' \" *",
            code="invalid_characters",
            param=param,
        )
    if not text.isascii() or not re.search("[A-Za-z]", text):
        raise invalid("The statement descriptor must contain at least one Latin letter.", param=param)
    if len(text) > longest:
        raise invalid(f"The statement descriptor can have at most {longest} characters here.", param=param)
