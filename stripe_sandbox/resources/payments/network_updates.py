"""Updates of saved cards that card networks send by themselves (https://docs.stripe.com/payments/cards/overview)."""

from __future__ import annotations

import re
from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import find

_CHANGEABLE = {"exp_month": range(1, 13), "exp_year": range(2000, 2100)}


def apply(call: Call) -> dict[str, Any]:
    """A new expiry or number, as the parameters say; three years more if they don't."""
    method = find(call, "payment_method", call.path_ids[0])
    changed = {name: _checked(name, value) for name, value in call.params.items()}
    method["card"].update(changed or {"exp_year": method["card"]["exp_year"] + 3})
    call.emit("payment_method.automatically_updated", call.store.save(method))
    return method


def _checked(name: str, value: Any) -> Any:
    """Raises 400 for what no card has."""
    if name == "last4":
        if not (isinstance(value, str) and re.fullmatch(r"\d{4}", value, re.ASCII)):
            raise invalid("last4 is a text of four digits.", param=name)
    elif name not in _CHANGEABLE:
        raise invalid("A network changes exp_month, exp_year and last4.", param=name)
    elif type(value) is not int or value not in _CHANGEABLE[name]:
        possible = _CHANGEABLE[name]
        raise invalid(f"{name} is a whole number from {possible[0]} to {possible[-1]}.", param=name)
    return value
