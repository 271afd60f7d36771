"""3-D Secure: the bank's question, and what comes of the answer."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.store import new_id

ASKING = ("return_url", "use_stripe_sdk")
"""Parameters that say how the payer is to be asked, where their bank wants to."""
_CLASSES = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}


def ask(call: Call, intent: dict[str, Any], *, use_sdk: bool) -> None:
    """Let the intent wait for the payer: through stripe.js, or on a page of its own."""
    intent["status"] = "requires_action"
    address = (
        f"{call.settings.public_url}/_sandbox/3ds/{intent['id']}?client_secret={intent['client_secret']}"
    )
    return_url = call.params.get("return_url")
    action: dict[str, Any] = dict.fromkeys(part_of(_CLASSES[intent["object"]], "NextAction"))
    if use_sdk or return_url is None:
        action |= {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {
                "type": "three_d_secure_redirect",
                "stripe_js": address,
                "source": new_id("src"),
            },
        }
    else:
        action |= {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": address}}
    intent["next_action"] = action
    call.store.save(intent, return_url=return_url)


def check_secret(intent: dict[str, Any], secret: str) -> None:
    """Raise 400 where the client secret isn't the intent's own."""
    if secret != intent["client_secret"]:
        raise invalid(
            "The client_secret provided does not match any associated intent on this account.",
            param="client_secret",
        )


def failed(intent: str) -> str:
    """What Stripe says to someone who failed the challenge of a `PaymentIntent` or `SetupIntent`."""
    return (
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
        f"PaymentMethod to attempt to fulfill this {intent} again."
    )
