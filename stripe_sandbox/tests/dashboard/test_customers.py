"""A customer's page: time passes for them, and payments fail and recover, by its buttons only."""

from __future__ import annotations

from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.member import Member
from stripe_sandbox.tests.support.shopper import Shopper


def test_a_renewal_is_watched_failing_and_recovering(developer: Developer, member: Member) -> None:
    page = developer.see(f"/customers/{member.customer}")
    for words in ("A subscription renews", "Plan, until", "Visa ending in 4242", "as its number says"):
        assert words in page
    developer.send(f"/customers/{member.customer}/bank", answer="declines")
    assert developer.said == "The bank now declines."
    assert "will fail" in developer.last.text
    page = developer.send(f"/customers/{member.customer}/time", step="next")
    assert developer.said == "Time has passed."
    assert "An invoice is finalized and charged" in page
    page = developer.send(f"/customers/{member.customer}/time", step="next")
    for words in ("past due", "tried again", "ahead of today", "The payment of an invoice is retried"):
        assert words in page
    developer.send(f"/customers/{member.customer}/bank", answer="default")
    developer.send(f"/customers/{member.customer}/time", step="next")
    assert (member.status, member.invoice().status) == ("active", "paid")


def test_a_day_and_a_week_pass(developer: Developer, member: Member) -> None:
    before = member.clock().now
    developer.send(f"/customers/{member.customer}/time", step="day")
    developer.send(f"/customers/{member.customer}/time", step="week")
    assert 8 * 86_400 <= member.clock().now - before < 9 * 86_400


def test_what_can_not_happen_is_said(developer: Developer, shopper: Shopper) -> None:
    page = developer.see(f"/customers/{shopper.id}")
    assert "Nothing: no subscription is running." in page and "There is no card" in page
    assert "Advance to what's next" not in page
    developer.send(f"/customers/{shopper.id}/time", step="next")
    assert (developer.last.status_code, "no subscription" in developer.said) == (400, True)
    developer.send(f"/customers/{shopper.id}/time", step="year")
    assert (developer.last.status_code, developer.said) == (400, "Choose how far to advance.")


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


def test_what_operators_do_to_a_subscription(developer: Developer, member: Member) -> None:
    page = f"/subscriptions/{member.id}"
    assert "Start a 14-day trial" in developer.see(page)
    for change, shows in (
        ("collection_void", "Collection is paused: its invoices are voided."),
        ("collect", "Pause collection: void"),
        ("trial", "End the trial now"),
        ("end_trial", "Pause"),
        ("pause", "Resume"),
        ("resume", "Pause"),
        ("cancel_later", "Cancel now"),
        ("cancel", "canceled"),
    ):
        assert shows in developer.send(f"{page}/changes", change=change)
        assert developer.said == "The subscription was changed."
    developer.send(f"{page}/changes", change="rename")
    assert (developer.last.status_code, developer.said) == (400, "Choose an action.")


def test_an_open_invoice_is_given_up(developer: Developer, member: Member) -> None:
    member.bank("declines")
    member.renew()
    page = f"/invoices/{member.invoice().id}"
    developer.send(f"{page}/end", way="mark_uncollectible")
    assert (member.status, member.invoice().status) == ("active", "uncollectible")
    developer.send(f"{page}/end", way="void")
    assert (developer.said, member.invoice().status) == ("The invoice was updated.", "void")
    developer.send(f"{page}/end", way="burn")
    assert developer.last.status_code == 400


def test_a_bank_warns_of_a_payment(developer: Developer, member: Member) -> None:
    (payment,) = member.v1.payment_intents.list({"customer": member.customer}).data
    developer.send(f"/payments/{payment.id}/early_fraud_warnings")
    assert developer.said == "The early fraud warning was sent."
    (warning,) = member.v1.radar.early_fraud_warnings.list({"payment_intent": payment.id}).data
    assert warning.id in developer.see("/early_fraud_warnings")
    assert "Misc" in developer.see(f"/early_fraud_warnings/{warning.id}")
