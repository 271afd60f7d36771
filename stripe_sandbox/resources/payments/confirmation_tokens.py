"""Confirmation tokens: what Elements collected, kept until an intent is confirmed with it.

A token is for one confirmation within twelve hours
(https://docs.stripe.com/payments/finalize-payments-on-the-server#create-ct). Confirming makes the payment method, and
what the token says is written on the intent (https://docs.stripe.com/payments/payment-element/migration-ct). Whether
a declined try uses a token up, too, is unverified: here it does, as it does a card that no one saved. So are the
words in which a used or expired one is refused.

An intent has to match what Elements were given: in Stripe's refusals there are the currency
(https://github.com/antiwork/gumroad/pull/6437) and `setup_future_usage`
(https://github.com/woocommerce/woocommerce-gateway-stripe/pull/3904). A token is not bound to
the amount: `ConfirmationTokenClientContextParams` of https://github.com/stripe/stripe-android.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import ApiError, invalid
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import payment_methods
from stripe_sandbox.store import new_id, now

_PATH = "/v1/confirmation_tokens"
KEPT_FOR = 12 * 60 * 60
"""Seconds until a token that was not used expires."""
_COMPARED = ("currency", "setup_future_usage")


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """What `stripe.createConfirmationToken` calls: a card's number, and the payment as the page presented it."""
    data = call.params["payment_method_data"]
    number, month, year = payment_methods.entered_card(data)
    context = {**call.params.get("client_context", {})}
    _check_context(context)
    token = _add(call, number, month, year, payment_methods.billing_details(data), **context)
    token["payment_method_preview"]["allow_redisplay"] = data.get("allow_redisplay", "unspecified")
    return call.store.save(token)


@handles("POST", "/v1/test_helpers/confirmation_tokens")
def create_for_test(call: Call) -> dict[str, Any]:
    """A token of a test card, for tests on a server (https://docs.stripe.com/api/confirmation_tokens/test_create)."""
    method = payment_methods.usable(call, call.params.get("payment_method", ""))
    number = call.store.hidden(method["id"])["number"]
    card = method["card"]
    return _add(call, number, card["exp_month"], card["exp_year"], method["billing_details"])


@handles("GET", _PATH + "/{confirmation_token}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "confirmation_token", call.path_ids[0])


def method_asked(call: Call, intent: dict[str, Any]) -> str | None:
    """The payment method that a request names, or else that of its confirmation token, which is used up either way.

    None where it names neither. Raises as `use` does.
    """
    of_token = None
    if "confirmation_token" in call.params:
        of_token = use(call, intent, call.params["confirmation_token"])
    return call.params.get("payment_method", of_token)


def use(call: Call, intent: dict[str, Any], token_id: str) -> str:
    """The payment method that an intent is confirmed with: made of the token, which is used up by it.

    `intent` has what the request says already. Raises 400 for a token that was used or has expired, or that was made
    for another payment.
    """
    token = find(call, "confirmation_token", token_id, "confirmation_token")
    if token["payment_intent"] or token["setup_intent"]:
        raise _refused(f"The ConfirmationToken {token_id} has already been used to confirm an intent.")
    if token["expires_at"] <= now():
        raise _refused(f"The ConfirmationToken {token_id} has expired.")
    hidden = call.store.hidden(token_id)
    if hidden.get("mode", intent["object"]).partition("_")[0] != intent["object"].partition("_")[0]:
        raise _refused(
            f"The ConfirmationToken was made in the mode {hidden['mode']}, for another kind of intent."
        )
    if intent["object"] == "payment_intent":
        _compare(intent, token, hidden)
        intent["setup_future_usage"] = intent["setup_future_usage"] or token["setup_future_usage"]
    card = token["payment_method_preview"]["card"]
    method = payment_methods.make(call, hidden["number"], card["exp_month"], card["exp_year"])
    method["billing_details"] = token["payment_method_preview"]["billing_details"]
    method["allow_redisplay"] = token["payment_method_preview"]["allow_redisplay"]
    call.store.save(method)
    token[intent["object"]] = intent["id"]
    token["expires_at"] = None
    call.store.save(token)
    id_: str = method["id"]
    return id_


def _add(
    call: Call, number: str, month: int, year: int, billing: dict[str, Any], **context: Any
) -> dict[str, Any]:
    token = blank("confirmation_token", id=new_id("ctoken"), created=now(), expires_at=now() + KEPT_FOR)
    for name in ("mandate_data", "payment_method_options", "shipping"):
        token[name] = None
    token |= {
        "return_url": call.params.get("return_url"),
        "setup_future_usage": call.params.get("setup_future_usage"),
        "use_stripe_sdk": True,
        "payment_method_preview": _preview(payment_methods.card_of(number, month, year), billing),
    }
    return call.store.add(token, number=number, **{name: value for name, value in context.items() if value})


def _preview(card: dict[str, Any], billing: dict[str, Any]) -> dict[str, Any]:
    preview = dict.fromkeys(part_of("ConfirmationToken", "PaymentMethodPreview"))
    own = part_of("ConfirmationToken", "PaymentMethodPreview", "Card")
    own |= {name: card[name] for name in own if name in card}
    own |= {"checks": card["checks"] | {"cvc_check": "unchecked"}}
    return {
        **preview,
        "type": "card",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "card": own,
    }


def _compare(intent: dict[str, Any], token: dict[str, Any], context: dict[str, Any]) -> None:
    expected = {**context, "setup_future_usage": token["setup_future_usage"]}
    for name in _COMPARED:
        if name == "setup_future_usage" and intent[name] is None:
            continue
        if name in expected and intent[name] != expected[name]:
            of_token = f"{name} from the provided confirmation_token ({expected[name] or 'null'})"
            message = (
                f"The provided {name} ({intent[name]}) does not match the {of_token}. Try confirming with a Payment "
                "Intent that is configured to use the same parameters as Stripe Elements."
            )
            raise invalid(message, param="confirmation_token")


def _check_context(context: dict[str, Any]) -> None:
    unknown = next((name for name in context if name not in {"mode", "currency"}), None)
    if unknown is not None:
        raise invalid(f"Received unknown parameter: client_context[{unknown}]", param="client_context")


def _refused(message: str) -> ApiError:
    return invalid(message, param="confirmation_token")
