"""What resources share."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import lists
from stripe_sandbox.context import Call
from stripe_sandbox.copying import copied
from stripe_sandbox.errors import missing


def find(call: Call, kind: str, id_: str, param: str = "id") -> dict[str, Any]:
    """The object of this kind and id. Raises 404, or 400 where a parameter named it."""
    found = call.store.get(id_, kind)
    if found is None:
        raise missing(kind, id_, param)
    call.found.setdefault(id_, copied(found))
    return found


def listing(call: Call, kind: str, url: str, *filters: str, **where: Any) -> dict[str, Any]:
    """A page of the objects of a kind; `filters` are the parameters that have to equal a field of their name."""
    wanted = {name: call.params[name] for name in filters if name in call.params}
    return lists.listing(call.store, kind, url, call.params, wanted | where)


def assign(body: dict[str, Any], params: dict[str, Any], *names: str) -> dict[str, Any]:
    """Set the fields that the parameters name; metadata is merged, an empty value unsets."""
    for name in names:
        if name not in params:
            continue
        value = params[name]
        if name == "metadata" and isinstance(value, dict):
            merged = {**body["metadata"], **value}
            body["metadata"] = {key: text for key, text in merged.items() if text != ""}
        else:
            body[name] = value if value != "" else None
    return body
