"""The story of a top-up in a browser: nothing for axe-core to find, and a dispute that comes while one looks."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.looks import check
from tests.browser.site import Site, sign_in
from tests.factories import a_paid_top_up, a_person


@pytest.mark.long
def test_a_dispute_comes_and_is_won_while_the_page_is_open(look: Page, site: Site, app: Flask) -> None:
    organization, top_up = a_paid_top_up()
    sign_in(look, a_person(organization=organization).email, to=f"/billing/wallet/top-ups/{top_up.id}")
    region = look.get_by_role("region", name="Top up")
    site.sandbox.stripe.v1.refunds.create({"charge": top_up.charge_id or "", "amount": 2000})
    expect(region).to_contain_text("$30.00 of it remains")
    opened = site.sandbox.control.open_dispute(top_up.charge_id, amount=3000)
    expect(region.get_by_role("heading", name="Dispute of $30.00")).to_be_visible()
    expect(look.get_by_role("region", name="Calling is paused")).to_be_visible()
    check(look)
    site.sandbox.control.decide_dispute(opened["id"], "won")
    expect(region).to_contain_text("upheld the payment")
    expect(look.get_by_role("region", name="Calling is paused")).to_be_hidden()
    check(look)
