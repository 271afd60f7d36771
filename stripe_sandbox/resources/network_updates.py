"""What card networks tell of saved cards without anybody asking (https://docs.stripe.com/payments/cards/overview)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.resources.common import find

_CHANGEABLE = ("exp_month", "exp_year", "last4")


def apply(call: Call) -> dict[str, Any]:
    """A new expiry or number, as the parameters say; three years more if they don't."""
    method = find(call, "payment_method", call.path_ids[0])
    changed = {name: call.params[name] for name in _CHANGEABLE if name in call.params}
    method["card"].update(changed or {"exp_year": method["card"]["exp_year"] + 3})
    call.emit("payment_method.automatically_updated", call.store.save(method))
    return method
