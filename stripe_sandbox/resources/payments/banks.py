"""How the bank of a card answers from now on: as its number says, or otherwise.

Stripe has nothing like it: there, one replaces a test card by another. Here the card stays the same for the merchant
that saved it, as it does where money or trust has run out.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import find

ANSWERS = {"declines": "4000000000000341", "asks": "4000002760003184", "lost": "4000000000009987"}
"""The test cards that behave like it; any other answer is the card's own."""


def let_answer(call: Call, method_id: str, answer: str) -> dict[str, Any]:
    """Let a card be declined, or its owner be asked each time; `default` lets it behave as its own number."""
    method = find(call, "payment_method", method_id)
    hidden = call.store.hidden(method_id)
    own = hidden.get("own_number", hidden["number"])
    if answer not in {*ANSWERS, "default"}:
        raise invalid(f"answer is one of {', '.join([*ANSWERS, 'default'])}.", param="answer")
    call.store.mark(method_id, number=ANSWERS.get(answer, own), own_number=own)
    return method


def answer_of(hidden: dict[str, Any]) -> str:
    """How a card answers, from what the API never shows of it."""
    if hidden["number"] == hidden.get("own_number", hidden["number"]):
        return "default"
    return next(answer for answer, number in ANSWERS.items() if number == hidden["number"])
