"""What is taken for a page of ours is one in the browser as well, whatever slashes and spaces it is written with."""

from __future__ import annotations

from itertools import product

from playwright.sync_api import Page

from app.own_pages import own_address

_BEFORE = [
    "",
    *(first + second for first, second in product(["", " ", "\u3000", "."], ["/", "\\", "//", "/\\"])),
]
_SLASHES = ["", "/", "\\", "\t", "\n", "..", "@", "//", "\\/"]
_NAMES = ["billing", "account", "workplace", "invitations"]
_AFTER = [
    "",
    "/",
    ".evil.example",
    "@evil.example",
    ":80",
    "//evil.example",
    "/\\evil.example",
    "?//evil.example",
]
_IN_BROWSER = (
    """(addresses) => addresses.map((one) => new URL(one, "https://wallet.example/confirm").origin)"""
)


def test_no_address_that_is_let_through_leads_to_another_host(page: Page) -> None:
    every = ["".join(parts) for parts in product(_BEFORE, _SLASHES, _NAMES, _AFTER)]
    let_through = [one for one in every if own_address(one, otherwise="") == one]
    assert len(let_through) > len(_NAMES)
    page.goto("/sign-in")
    led = zip(let_through, page.evaluate(_IN_BROWSER, let_through), strict=True)
    assert [one for one, origin in led if origin != "https://wallet.example"] == []
