"""Addresses that Stripe is told lead to pages of ours, for the organization that pays."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask

from app import return_addresses
from config import Settings

SOME = uuid4()


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (lambda: return_addresses.top_up("harbor", SOME), "wallet.show_top_up"),
        (lambda: return_addresses.plan_switch("harbor", SOME), "change_plan.show_switch"),
        (lambda: return_addresses.renewal("harbor"), "change_plan.show_renewal"),
    ],
)
def test_a_bank_leads_back_to_a_page_of_ours(app: Flask, address: Callable[[], str], page: str) -> None:
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        found = urlsplit(address())
    assert f"{found.scheme}://{found.netloc}" == settings.public_url
    assert found.query == "org=harbor"
    endpoint, _ = app.url_map.bind("").match(found.path, method="GET")
    assert endpoint == page
