"""What operators can change in Stripe's dashboard, each with what follows from it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from app import reconciliation
from app.clock import utc_now
from tests.support.dashboard import Dashboard

Act = Callable[[Dashboard], object]


@dataclass(frozen=True)
class Case:
    """What is done, what a finding says of it (nothing where it is fine), and how it is undone."""

    do: Act
    says: str | None
    undo: Act | None = None


def twice(do: Dashboard) -> None:
    do.subscribe(do.price_of("growth"))


def cancel_others(do: Dashboard) -> None:
    for one in do.api.subscriptions.list({"customer": do.customer}).data:
        if one.id != do.id:
            do.api.subscriptions.cancel(one.id)


def add_item(do: Dashboard) -> None:
    do.update(items=[{"price": do.a_price()}], proration_behavior="none")


def remove_item(do: Dashboard) -> None:
    more = do.found["items"].data[1]
    do.update(items=[{"id": more.id, "deleted": True}], proration_behavior="none")


def give_up(how: str) -> Act:
    def act(do: Dashboard) -> None:
        invoice = do.let_renewal_fail()
        {"void": do.api.invoices.void_invoice, "uncollectible": do.api.invoices.mark_uncollectible}[how](
            invoice.id
        )

    return act


def pause_collection(behavior: str) -> Case:
    words = {
        "keep_as_draft": "kept as drafts",
        "void": "voided",
        "mark_uncollectible": "marked uncollectible",
    }
    return Case(
        lambda do: do.update(pause_collection={"behavior": behavior}),
        f"its collection is paused, and its invoices are {words[behavior]}",
        lambda do: do.update(pause_collection=""),
    )


def coupon(do: Dashboard) -> None:
    made = do.api.coupons.create({"percent_off": 10, "duration": "forever"})
    do.update(discounts=[{"coupon": made.id}])


CASES: dict[str, Case] = {
    "a second live subscription": Case(twice, "has a second subscription at Stripe", cancel_others),
    "an incomplete second one": Case(
        lambda do: do.subscribe(do.price_of("growth"), payment_behavior="default_incomplete"),
        "is waiting for its first payment",
        cancel_others,
    ),
    "a second one on a trial": Case(
        lambda do: do.subscribe(do.price_of("scale"), trial_period_days=14),
        "has a second subscription",
        cancel_others,
    ),
    "a price that no plan has": Case(
        lambda do: do.change_item(price=do.a_price()),
        "is none of the catalog's",
        lambda do: do.change_item(price=do.price_of("growth")),
    ),
    "a price of a plan that is unknown": Case(
        lambda do: do.change_item(price=do.a_price(plan="platinum")),
        "a plan that is unknown",
        lambda do: do.change_item(price=do.price_of("growth")),
    ),
    "another plan of the catalog": Case(lambda do: do.change_item(price=do.price_of("scale")), None),
    "a quantity": Case(
        lambda do: do.change_item(quantity=2), "charged 2 times", lambda do: do.change_item(quantity=1)
    ),
    "two items": Case(add_item, "it has 2 items", remove_item),
    "paused": Case(
        lambda do: do.sandbox.stripe.v1.subscriptions.pause(do.id, {}),
        "it is paused",
        lambda do: do.sandbox.stripe.v1.subscriptions.resume(do.id, {}),
    ),
    "collection paused, drafts": pause_collection("keep_as_draft"),
    "collection paused, void": pause_collection("void"),
    "collection paused, uncollectible": pause_collection("mark_uncollectible"),
    "a trial": Case(
        lambda do: do.update(trial_end=int(utc_now().timestamp()) + 14 * 86_400, proration_behavior="none"),
        "on a trial until",
        lambda do: do.update(trial_end="now"),
    ),
    "invoices that are sent": Case(
        lambda do: do.update(collection_method="send_invoice", days_until_due=14),
        "its invoices are sent",
        lambda do: do.update(collection_method="charge_automatically"),
    ),
    "a schedule to a plan": Case(
        lambda do: do.plan_phase(items=[{"price": do.price_of("scale"), "quantity": 1}]), None
    ),
    "a schedule to a price of none": Case(
        lambda do: do.plan_phase(items=[{"price": do.a_price(), "quantity": 1}]),
        "plans a price that is none of the catalog's",
        lambda do: do.release(),
    ),
    "a schedule to a quantity": Case(
        lambda do: do.plan_phase(items=[{"price": do.price_of("scale"), "quantity": 3}]),
        "plans what can't be followed",
        lambda do: do.release(),
    ),
    "a cancellation for the period's end": Case(lambda do: do.update(cancel_at_period_end=True), None),
    "a cancellation": Case(lambda do: do.api.subscriptions.cancel(do.id), None),
    "a coupon": Case(coupon, None),
    "a refund of the plan's payment": Case(
        lambda do: do.api.refunds.create({"payment_intent": do.payment}),
        "was refunded",
        lambda do: do.api.subscriptions.cancel(do.id),
    ),
    "a refund of a part of it": Case(
        lambda do: do.api.refunds.create({"payment_intent": do.payment, "amount": 100}),
        "$1.00 of the payment",
    ),
    "a dispute of the plan's payment": Case(
        lambda do: do.sandbox.control.open_dispute(do.charge()),
        "is disputed",
        lambda do: do.sandbox.control.decide_dispute(do.api.disputes.list().data[0].id, "won"),
    ),
    "an inquiry": Case(
        lambda do: do.sandbox.control.open_dispute(do.charge(), inquiry=True),
        "warning_needs_response",
    ),
    "an early fraud warning": Case(
        lambda do: do.sandbox.control.warn_of_fraud(do.charge()),
        "may be fraud (misc)",
        lambda do: (
            do.api.refunds.create({"payment_intent": do.payment}) and do.api.subscriptions.cancel(do.id)
        ),
    ),
    "a renewal that is voided": Case(
        give_up("void"),
        "was voided, so the period is not paid",
        lambda do: do.api.subscriptions.cancel(do.id),
    ),
    "a renewal that is written off": Case(
        give_up("uncollectible"),
        "was marked uncollectible",
        lambda do: do.api.invoices.pay(do.found.latest_invoice.id, {"paid_out_of_band": True}),
    ),
    "the customer deleted": Case(lambda do: do.api.customers.delete(do.customer), None),
}


def sentences() -> list[str]:
    return [each["text"] for each in reconciliation.run().findings]


def counted(app: Flask) -> int:
    answer = app.test_client().get("/readyz").json
    assert answer is not None
    return int(answer["stripe"]["findings"])
