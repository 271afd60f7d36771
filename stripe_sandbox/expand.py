"""`expand[]`: ids replaced by the objects they name, four deep (https://docs.stripe.com/expand)."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from stripe_sandbox.errors import invalid
from stripe_sandbox.store import Store

DEEPEST = 4


def expand(store: Store, body: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """A copy of `body` with what the paths name expanded. Raises 400 for what can't be."""
    made = copy.deepcopy(body)
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST + (parts[0] == "data"):
            raise invalid("You cannot expand more than 4 levels of a property.", param="expand")
        _walk(store, made, parts, path)
    return made


def _walk(store: Store, place: Any, parts: list[str], path: str) -> None:
    if isinstance(place, list):
        for item in place:
            _walk(store, item, parts, path)
        return
    if not parts or not isinstance(place, dict):
        return
    name, *rest = parts
    if name not in place:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(place[name], str):
        found = store.get(place[name])
        if found is not None:
            place[name] = copy.deepcopy(found)
    _walk(store, place[name], rest, path)
