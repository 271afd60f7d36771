"""Emails as a browser shows them: nothing for axe-core to find, whole words at any width, links that open
elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.billing import topups
from app.billing.mail import notices
from app.clock import utc_now
from app.extensions import db
from app.models import Mail
from app.notify.composition import compose
from tests.browser.looks import BEYOND, LOOKS, check_in_each_look
from tests.browser.site import Site
from tests.factories import OWNER, a_payer, a_person, an_organization, usd
from tests.notify.emails.samples import EMAILS, READERS
from tests.notify.test_hostile_words import hostile


@pytest.fixture
def reader(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Looks at mails. Where wanted, the policy against scripts is off for axe-core's own."""
    scheme, width = LOOKS[0]
    context = browser.new_context(
        base_url=site.url,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        bypass_csp=getattr(request, "param", False),
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("reader", [True], ids=["with-axe"], indirect=True)
def test_every_mail_can_be_read_by_everyone(reader: Page) -> None:
    readers = replace(READERS, organization="Harbor Dental of Long Names and " + "Associatedcompanies" * 5)
    for email in EMAILS:
        reader.set_content(compose(email, readers).html)
        check_in_each_look(reader)


def test_no_name_reaches_past_the_edge_of_a_phone(reader: Page) -> None:
    """Also one that is long and has no place to break, in whatever an email says of it."""
    readers = replace(READERS, organization="Associatedcompanies" * 8)
    reader.set_viewport_size({"width": 320, "height": 800})
    for email in EMAILS:
        reader.set_content(compose(hostile(email, "Longname" * 30), readers).html)
        assert reader.evaluate(BEYOND) == [], email.kind


@pytest.mark.representative
@pytest.mark.parametrize("reader", [True], ids=["with-axe"], indirect=True)
def test_the_pages_around_them_too(reader: Page, app: Flask) -> None:
    organization = an_organization()
    notices._write(organization.id, EMAILS[0], "test", utc_now())
    db.session.commit()
    mail = db.session.execute(db.select(Mail).filter_by(org_id=organization.id)).scalar_one()
    for path in ("/dev/mail", f"/dev/mail/{mail.id}"):
        reader.goto(path)
        check_in_each_look(reader)


@pytest.mark.representative
def test_a_charge_is_read_in_its_frame_with_its_own_styles_and_a_link_that_leaves_it(
    reader: Page, app: Flask, site: Site
) -> None:
    said: list[str] = []
    reader.on("console", lambda message: said.append(message.text))
    organization, card = a_payer()
    a_person(organization=organization)
    top_up = topups.pay(
        organization, topups.begin(organization, usd("50"), card.id, OWNER).id, card.id, OWNER
    )
    mail = db.session.execute(db.select(Mail).filter_by(org_id=organization.id)).scalar_one()
    reader.goto(f"/dev/mail/{mail.id}")
    frame = reader.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="$50.00 was added to your wallet")).to_be_visible()
    receipt = frame.get_by_role("link", name="View receipt")
    expect(receipt).to_have_css("background-color", "rgb(58, 62, 194)")
    with reader.context.expect_page() as opened:
        receipt.click()
    opened.value.wait_for_load_state()
    assert "/sign-in" in opened.value.url
    assert str(top_up.id) in opened.value.url
    assert said == []
