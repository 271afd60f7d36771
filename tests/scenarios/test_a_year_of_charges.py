"""A year of charges on a test clock, anchored on the 31st, with a change to a year that is planned in it: each charge
was shown before, is for a period that follows on the one before, and leaves no time that no one has paid for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from app.billing import catalog
from app.billing.catalog import versions
from app.billing.subscriptions.previews import GOOD_FOR
from app.money import Money
from app.payments import covered_periods, previews, upcoming
from tests.factories import usd
from tests.scenarios.test_a_year import Year
from tests.support.plans import AS_A_DRAFT, sell_plans
from tests.support.sandbox import Sandbox


class Charges:
    """What was shown before each charge of a `Year`, and the most that could come of it."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.shown: list[tuple[Money, Money]] = [(usd("99"), usd("99"))]

    @property
    def api(self) -> Any:
        return self.year.sandbox.stripe.v1

    def renew(self) -> None:
        """Let the period end that is paid for; the plan card has shown what comes then."""
        found = self.year.found
        coming = upcoming.fetch_upcoming(found.id)
        assert coming is not None
        self.shown.append((coming.due, coming.due))
        self.year.move(found.period_end + AS_A_DRAFT)
        self.look()

    def switch(self, plan: str, interval: str) -> None:
        """Switch immediately, some minutes after that was reviewed."""
        chosen = self.year.chosen(plan, interval)
        seen = previews.preview_switch(
            self.year.found, self.year.price(chosen), interval, as_of=self.year.now
        )
        self.shown.append((seen.due, seen.due + seen.most_more(GOOD_FOR)))
        reviewed = self.year.now
        self.year.move(reviewed + GOOD_FOR)
        self.year.now = reviewed
        self.year.switch(plan, interval)
        self.year.now = reviewed + GOOD_FOR
        self.look()

    def look(self) -> None:
        """What is in force is paid for, also a second before its period ends."""
        assert self.year.found.status == "active"
        assert covered_periods.is_covered(self.year.found)

    def go_to(self, day: str) -> None:
        self.year.move(datetime.fromisoformat(f"{day}T11:00:00+00:00"))

    @property
    def invoices(self) -> list[Any]:
        found = self.api.invoices.list({"customer": self.year.customer, "limit": 100}).data
        return list(reversed(found))


def play(charges: Charges) -> None:
    charges.renew()
    charges.go_to("2025-12-15")
    charges.switch("scale", "month")
    charges.renew()
    coupon = charges.api.coupons.create({"percent_off": 10, "duration": "forever"}).id
    charges.api.subscriptions.update(charges.year.found.id, {"discounts": [{"coupon": coupon}]})
    charges.renew()
    charges.go_to("2026-02-10")
    charges.year.plan_for_later("growth", "year")
    charges.renew()
    charges.go_to("2026-08-31")
    charges.switch("scale", "year")
    charges.go_to("2026-10-15")
    items: Any = [{"id": charges.year.found.item_id, "quantity": 2}]
    charges.api.subscriptions.update(charges.year.found.id, {"items": items, "proration_behavior": "none"})
    charges.renew()
    charges.go_to("2027-04-10")
    charges.switch("growth", "month")


def test_every_charge_was_shown_before(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    versions.store(catalog.current())
    charges = Charges(Year(sandbox))
    play(charges)
    invoices = charges.invoices
    assert {one.status for one in invoices} == {"paid"}
    paid = [Money.from_minor(one.amount_paid, "USD") for one in invoices]
    assert len(paid) == len(charges.shown)
    for amount, (shown, most) in zip(paid, charges.shown, strict=True):
        assert amount == shown or (shown < most and shown <= amount <= most)
    assert sum(one.amount for one in sandbox.charges()) == sum(amount.minor for amount in paid)

    # Whole periods begin on the last day of each month, and with the year that was planned on that of its own.
    whole = [one.lines.data[-1] for one in invoices if one.billing_reason != "subscription_update"]
    days = [datetime.fromtimestamp(line.period.start, UTC).date().isoformat() for line in whole]
    assert days == ["2025-10-31", "2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28", "2027-02-28"]
    assert [line.amount for line in whole] == [9_900, 9_900, 39_900, 39_900, 99_000, 2 * 399_000]
    assert paid[4:6] == [usd("359.10"), usd("891")]
    assert charges.year.found.period_end - charges.year.found.period_start < timedelta(days=32)
