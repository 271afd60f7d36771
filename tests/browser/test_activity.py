"""The activity page in a browser: by keyboard, filtered, page by page, in light and wide, dark and narrow."""

from __future__ import annotations

import os
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page, expect

from app.billing.audit import trail
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, Organization
from tests.browser.looks import check
from tests.browser.site import sign_in, tab_to
from tests.factories import a_person, an_organization

LONG = "a.person.of.a.very.long.name.and.more@associated-companies-of-long-names.example"


def busy() -> Organization:
    """More lines than fit on a page, some of them long."""
    organization = an_organization()
    kinds = [
        ("plan.changed", "growth", {"before": "starter", "interval": "month", "reason": "switched"}),
        ("top_up.paid_for", "x", {"amount": "250", "card": "Mastercard ending in 4444"}),
        ("user.invited", LONG, {"role": "org_admin"}),
        ("payment_method.made_default", "x", {"card": "Visa ending in 4242"}),
        ("billing_details.changed", "x", {"fields": ["legal_name", "line1", "emails", "tax_id"]}),
    ]
    actors = [
        ("owner@harbor.example", "2001:db8:85a3:8d3:1319:8a2e:370:7348"),
        ("operator", None),
        (LONG, "192.0.2.7"),
    ]
    for number in range(trail.PAGE + 8):
        action, subject, details = kinds[number % len(kinds)]
        actor, address = actors[number % len(actors)]
        db.session.add(
            AuditEvent(
                org_id=organization.id,
                at=utc_now() - timedelta(hours=number),
                actor=actor,
                action=action,
                subject=subject,
                address=address,
                details=details,
            )
        )
    db.session.commit()
    return organization


def test_it_is_read_filtered_and_paged_by_keyboard(look: Page, app: Flask) -> None:
    sign_in(look, a_person(organization=busy()).email)
    look.keyboard.press("g")
    look.keyboard.press("a")
    expect(look.get_by_role("heading", name="Activity", level=1)).to_be_visible()
    check(look)
    folder = os.environ.get("PICTURES")
    if folder:
        look.screenshot(path=f"{folder}/activity-{look.viewport_size['width']}.png", full_page=False)
    tab_to(look, "Older")
    look.keyboard.press("Enter")
    expect(look.get_by_role("link", name="Newer")).to_be_visible()
    check(look)
    look.get_by_label("Kind").select_option("Top-ups")
    look.get_by_label("Person").select_option("Voice Portal operator")
    tab_to(look, "Filter")
    look.keyboard.press("Enter")
    expect(look.get_by_role("link", name="Clear filters")).to_be_visible()
    expect(look.get_by_role("rowheader").first).to_contain_text("$250.00 with Mastercard ending in 4444")
    check(look)
    with look.expect_download() as started:
        look.get_by_role("link", name="Export CSV").click()
    assert "Paid for a top-up" in started.value.path().read_text()
