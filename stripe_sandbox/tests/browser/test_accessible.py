"""axe finds nothing in the stand-in's frames and pages, light and dark, narrow and wide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import stripe
from playwright.sync_api import Frame, Page, expect

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.browser.customer import Customer
from stripe_sandbox.tests.support.member import Member
from stripe_sandbox.tests.support.shopper import Shopper

AXE = Path(__file__).parents[3] / "tests" / "vendor" / "axe.min.js"
# A frame is part of a page: the page has the heading.
CHECK = """async () => (await axe.run(document, {
    iframes: false, rules: { "page-has-heading-one": { enabled: window === window.parent } } })).violations.map(
  ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)"""

pytestmark = [
    pytest.mark.skipif(not AXE.exists(), reason="tests/vendor/axe.min.js is not there"),
    # Contrast doesn't hang on the width, nor room on the colors.
    pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)]),
]


@pytest.fixture
def seen_as(customer: Customer, scheme: Any, width: int) -> Customer:
    customer.page.emulate_media(color_scheme=scheme)
    customer.page.set_viewport_size({"width": width, "height": 700})
    return customer


def findings(page: Page) -> list[str]:
    """What axe says of the page and of each of its frames, and where one is wider than it may be."""
    return [finding for frame in page.frames for finding in _findings_in(frame)]


def _findings_in(frame: Frame) -> list[str]:
    # The debugger's own channel: no policy of the page's stands against it.
    frame.evaluate(AXE.read_text())
    found: list[str] = frame.evaluate(CHECK)
    if frame.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"wider than the window: {frame.url}")
    return found


def test_the_card_fields(seen_as: Customer) -> None:
    seen_as.open_card_form()
    assert findings(seen_as.page) == []
    seen_as.fill("4242424242424241", "12/20", "1")
    seen_as.save()
    expect(seen_as.status).to_have_text("invalid_number")
    assert findings(seen_as.page) == []


def test_the_challenge(seen_as: Customer) -> None:
    seen_as.pay()
    assert findings(seen_as.page) == []


def test_the_pages(stand_in: Process, seen_as: Customer, client: stripe.StripeClient) -> None:
    page = seen_as.page
    page.goto(stand_in.url)
    assert findings(page) == []
    seen_as.pay()
    seen_as.challenge.get_by_role("button", name="Complete").click()
    expect(seen_as.status).to_have_text("done")
    intent = client.v1.payment_intents.list().data[0]
    (charge,) = client.v1.charges.list().data
    dispute = stand_in.control.open_dispute(charge.id, amount=1000)
    event = client.v1.events.list().data[0]
    owing = someone_who_owes(stand_in, client)
    for path in (
        "/",
        "/payments",
        f"/payments/{intent.id}",
        f"/payment_methods/{intent.payment_method}",
        f"/disputes/{dispute['id']}",
        f"/events/{event.id}",
        f"/requests/{stand_in.control.requests()[0]['request_id']}",
        "/controls",
        f"/customers/{owing}",
        f"/_sandbox/receipts/{intent.latest_charge}",
        client.v1.invoices.list({"customer": owing}).data[0].hosted_invoice_url.removeprefix(stand_in.url),
        f"/_sandbox/3ds/{intent.id}?client_secret={intent.client_secret}",
    ):
        answer = page.goto(f"{stand_in.url}{path}")
        assert answer is not None
        assert answer.ok
        assert findings(page) == []


def someone_who_owes(stand_in: Process, client: stripe.StripeClient) -> str:
    """A customer whose renewal waits for them: their bank asks."""
    member = Member(Shopper(client, stand_in), stand_in)
    member.bank("asks")
    member.renew()
    return member.customer
