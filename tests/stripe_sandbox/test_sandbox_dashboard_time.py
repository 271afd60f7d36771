"""A customer's page: time passes for them, and payments fail and recover, by its buttons alone."""

from __future__ import annotations

from tests.stripe_sandbox.developer import Developer
from tests.stripe_sandbox.member import Member
from tests.stripe_sandbox.shopper import Shopper


def test_a_renewal_is_watched_failing_and_recovering(developer: Developer, member: Member) -> None:
    page = developer.see(f"/customers/{member.customer}")
    for words in ("A subscription renews", "Plan, until", "Visa ending in 4242", "as its number says"):
        assert words in page
    developer.send(f"/customers/{member.customer}/bank", answer="declines")
    assert developer.said == "From now on the bank declines."
    assert "will fail" in developer.last.text
    page = developer.send(f"/customers/{member.customer}/time", step="next")
    assert developer.said == "Time has passed."
    for words in ("past due", "tried again", "ahead of today", "The payment of an invoice is tried again"):
        assert words in page
    developer.send(f"/customers/{member.customer}/bank", answer="as_ever")
    developer.send(f"/customers/{member.customer}/time", step="next")
    assert (member.status, member.invoice().status) == ("active", "paid")


def test_a_day_and_a_week_pass(developer: Developer, member: Member) -> None:
    before = member.clock()["now"]
    developer.send(f"/customers/{member.customer}/time", step="day")
    developer.send(f"/customers/{member.customer}/time", step="week")
    assert 8 * 86_400 <= member.clock()["now"] - before < 9 * 86_400


def test_what_can_not_happen_is_said(developer: Developer, shopper: Shopper) -> None:
    page = developer.see(f"/customers/{shopper.id}")
    assert "Nothing: no subscription goes on." in page and "There is no card" in page
    assert "Go to what comes next" not in page
    developer.send(f"/customers/{shopper.id}/time", step="next")
    assert (developer.last.status_code, "no subscription" in developer.said) == (400, True)
    developer.send(f"/customers/{shopper.id}/time", step="year")
    assert (developer.last.status_code, developer.said) == (400, "Choose how much time is to pass.")


def test_a_subscription_and_its_invoices_lead_to_each_other(developer: Developer, member: Member) -> None:
    invoice = member.invoice()
    assert f"/invoices/{invoice.id}" in developer.see(f"/subscriptions/{member.id}")
    page = developer.see(f"/invoices/{invoice.id}")
    assert f"/subscriptions/{member.id}" in page
    assert str(invoice.hosted_invoice_url) in page and str(invoice.invoice_pdf) in page


def test_a_test_clock_shows_who_hangs_on_it(developer: Developer, shopper: Shopper) -> None:
    wanted = {"frozen_time": 1_900_000_000, "customer": shopper.id}
    clock = shopper.v1.test_helpers.test_clocks.create(wanted)  # type: ignore[arg-type]
    assert shopper.id in developer.see(f"/test_clocks/{clock.id}")
    page = developer.see(f"/customers/{shopper.id}")
    assert "17 March 2030" in page and clock.id in page
