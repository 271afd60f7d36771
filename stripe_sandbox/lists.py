"""Lists: newest first, by pages (https://docs.stripe.com/api/pagination)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.errors import invalid, missing
from stripe_sandbox.store import Store


def listing(
    store: Store, kind: str, url: str, params: dict[str, Any], where: dict[str, Any]
) -> dict[str, Any]:
    """The page of the objects of a kind that `limit`, `created`, `starting_after` or `ending_before` ask for.

    `where` names fields and the value, or the list of values, that they have.
    """
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        message = "Invalid integer: limit must be between 1 and 100."
        raise invalid(message, code="parameter_invalid_integer", param="limit")
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You can only use one of starting_after and ending_before.", param="ending_before")
    found = store.page(
        kind,
        where,
        created=_bounds(params.get("created")),
        after=_position(store, kind, params, "starting_after"),
        before=_position(store, kind, params, "ending_before"),
        limit=limit + 1,
    )
    has_more = len(found) > limit
    # One more was read than asked for: the farthest from where the page begins.
    data = found[-limit:] if "ending_before" in params else found[:limit]
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def _bounds(created: Any) -> dict[str, int]:
    if created is None:
        return {}
    return created if isinstance(created, dict) else {"gte": created, "lte": created}


def _position(store: Store, kind: str, params: dict[str, Any], name: str) -> int | None:
    if name not in params:
        return None
    position = store.position(params[name], kind)
    if position is None:
        raise missing(kind, params[name], name)
    return position
