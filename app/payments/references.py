"""Stripe's references to other objects."""

from __future__ import annotations

from typing import Any


def id_of(reference: Any) -> str | None:
    """The id of a reference, which Stripe gives as an id, or as the whole object where it was expanded."""
    if reference is None or isinstance(reference, str):
        return reference
    return str(reference["id"] if isinstance(reference, dict) else reference.id)
