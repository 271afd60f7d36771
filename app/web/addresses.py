"""Addresses that come from outside, to go back to: our own pages alone."""

from __future__ import annotations

from urllib.parse import urlsplit


def own_address(wanted: str | None, *, otherwise: str) -> str:
    """`wanted` where it is an address of a billing page or of an invitation, on this host; else `otherwise`."""
    if not (wanted or "").isprintable():
        return otherwise
    parts = urlsplit((wanted or "").replace("\\", "/"))
    is_ours = (
        parts.path.startswith(("/billing", "/workplace", "/invitations/"))
        and not parts.scheme
        and not parts.netloc
    )
    return wanted if wanted and is_ours else otherwise
