"""The preset amounts of a top-up: what each would do, and which one the form begins with."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.wallet import balance
from app.clock import utc_now
from app.models import Organization, TransferKind
from app.money import Money
from app.pages.wallet.presets import gather, usual
from tests.factories import an_organization
from tests.support.browsing import text_of
from tests.support.moving import post
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.spending import forecast_of

AMOUNTS = tuple(Money.parse(amount, "USD") for amount in ("25", "50", "100", "250"))


def withdraw(organization: Organization, amount: str) -> None:
    post(organization, TransferKind.DISPUTE, Money.parse(amount, "USD"), utc_now(), out=True)


def dollars(amount: str | None) -> Money | None:
    return Money.parse(amount, "USD") if amount else None


@pytest.mark.parametrize(
    ("missing", "first"),
    [
        (None, "50"),
        ("10", "50"),
        ("50", "50"),
        ("50.01", "100"),
        ("250", "250"),
        ("250.01", "250.01"),
        ("3000", "3000"),
    ],
)
def test_a_form_begins_with_what_resumes_calling(missing: str | None, first: str) -> None:
    assert usual(AMOUNTS, dollars(missing)) == dollars(first)


def test_more_credit_lasts_longer(app: Flask) -> None:
    organization = an_organization(credit="30")
    forecast_of(organization)
    found = gather(balance.gather(organization), AMOUNTS)
    assert [preset.after for preset in found] == [dollars(after) for after in ("55", "80", "130", "280")]
    longer = [preset.days or 0 for preset in found]
    assert longer == sorted(longer) and longer[-1] > longer[0] > 0
    ends = [preset.dry_at for preset in found if preset.dry_at]
    assert ends == sorted(ends) and len(ends) == len(found)


def test_what_lasts_further_than_the_forecast_has_no_day(app: Flask) -> None:
    organization = an_organization(credit="30000")
    forecast_of(organization)
    assert {(preset.days, preset.dry_at) for preset in gather(balance.gather(organization), AMOUNTS)} == {
        (None, None)
    }


def test_what_does_not_resume_calling_says_what_is_missing(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app, credit="20")
    withdraw(owner.organization, "80.40")
    view = balance.gather(owner.organization)
    assert [preset.missing for preset in gather(view, AMOUNTS)] == [
        dollars("35.41"),
        dollars("10.41"),
        None,
        None,
    ]
    page = owner.get("/billing/wallet")
    assert "Calling stays paused: it needs $35.41 more." in text_of(page)
    assert "Calling resumes. You'll have $39.60 of available credit." in text_of(page)
    assert 'value="100.00" checked' in page.text or 'value="100" checked' in page.text


def test_a_wallet_deeper_than_the_presets_begins_with_what_is_missing(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app, credit="20")
    withdraw(owner.organization, "1000.40")
    page = owner.get("/billing/wallet").text
    assert 'value="other" checked' in page
    assert 'name="other_amount" inputmode="decimal" autocomplete="off" value="980.41"' in page
