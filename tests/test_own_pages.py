"""Which addresses are pages of ours: what a link or a form names as `next` leads to no other host."""

from __future__ import annotations

import pytest

from app import own_pages

OURS = [
    "/billing",
    "/billing?org=harbor",
    "/billing#top",
    "/billing/wallet/top-ups/1?payment_intent=pi_1&org=harbor#step",
    "/workplace",
    "/account/second-factor",
    "/invitations/abc",
]
FOREIGN = [
    "",
    "billing",
    "//billing.evil.example",
    "///billing.evil.example",
    "////billing.evil.example/billing",
    "//evil.example/billing",
    " ///billing.evil.example",
    "\\\\\\billing.evil.example",
    "/\\billing.evil.example",
    "\\/billing.evil.example",
    "/\t/billing.evil.example",
    "/billing\nSet-Cookie: a=b",
    "/billing.evil.example",
    "/billing@evil.example",
    "/billing/\u202e",
    "/billing/\u6f22",
    "https:/billing",
    "https:///billing.evil.example",
    "javascript:/billing",
    "/sign-out",
    "/api/v1/billing",
]


@pytest.mark.parametrize("address", OURS)
def test_a_page_of_ours_is_kept_as_it_is(address: str) -> None:
    assert own_pages.own_address(address, otherwise="/elsewhere") == address


@pytest.mark.parametrize("address", FOREIGN)
def test_anything_else_is_not(address: str) -> None:
    assert own_pages.own_address(address, otherwise="/elsewhere") == "/elsewhere"


def test_nothing_is_no_page() -> None:
    assert own_pages.own_address(None, otherwise="/billing") == "/billing"


def test_the_organization_that_a_page_is_for_replaces_another() -> None:
    assert own_pages.for_organization("/billing?org=a&kind=b#c", "d") == "/billing?kind=b&org=d#c"


def test_a_page_about_a_person_is_for_no_organization() -> None:
    assert own_pages.in_mail("/account", "harbor") == "/account"
    assert own_pages.in_mail("/billing", "harbor") == "/billing?org=harbor"
