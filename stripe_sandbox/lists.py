"""Lists: newest first, by pages (https://docs.stripe.com/api/pagination)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stripe_sandbox.errors import invalid, missing

_COMPARE = {
    "gt": lambda value, limit: value > limit,
    "gte": lambda value, limit: value >= limit,
    "lt": lambda value, limit: value < limit,
    "lte": lambda value, limit: value <= limit,
}


def page(objects: Iterable[dict[str, Any]], params: dict[str, Any], url: str) -> dict[str, Any]:
    """The page of `objects`, given newest first, that `limit`, `starting_after` or `ending_before` ask for."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid(
            "Invalid integer: limit must be between 1 and 100.",
            code="parameter_invalid_integer",
            param="limit",
        )
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You can only use one of starting_after and ending_before.", param="ending_before")
    found = [one for one in objects if _was_created(one, params.get("created"))]
    if "starting_after" in params:
        found = found[_position(found, params["starting_after"], "starting_after") + 1 :]
    elif "ending_before" in params:
        before = found[: _position(found, params["ending_before"], "ending_before")]
        return _list(before[-limit:], url, has_more=len(before) > limit)
    return _list(found[:limit], url, has_more=len(found) > limit)


def _list(data: list[dict[str, Any]], url: str, *, has_more: bool) -> dict[str, Any]:
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def _was_created(one: dict[str, Any], wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all(_COMPARE[name](one["created"], int(limit)) for name, limit in wanted.items())
    return wanted is None or one["created"] == int(wanted)


def _position(objects: list[dict[str, Any]], id_: str, param: str) -> int:
    for index, one in enumerate(objects):
        if one["id"] == id_:
            return index
    raise missing("object", id_, param)
