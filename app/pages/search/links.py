"""A result of the search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Where a result leads. `action` is that of a page with keys; `detail` tells similar ones apart. `aside`: it is
    at Stripe, so it opens in a new tab."""

    title: str
    url: str
    action: str = ""
    detail: str = ""
    aside: bool = False
