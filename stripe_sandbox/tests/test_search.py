"""Searching in Stripe's query language."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper


@pytest.fixture
def customers(shopper: Shopper) -> dict[str, str]:
    """Customers by their id, the newest first."""
    made = {}
    for name, email, tier in (("Ann", "ann@a.example", "1"), ("Bob", "bob@b.example", "2"), ("Cy", "", "2")):
        params = {"name": name, "metadata": {"tier": tier}} | ({"email": email} if email else {})
        made[shopper.v1.customers.create(params).id] = name  # type: ignore[arg-type]
    return made | {shopper.id: "Ada"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name:'ann'", ["Ann"]),
        ('email:"bob@b.example"', ["Bob"]),
        ("email~'example'", ["Bob", "Ann", "Ada"]),
        ("email:null", ["Cy"]),
        ("-email:null", ["Bob", "Ann", "Ada"]),
        ("metadata['tier']:'2'", ["Cy", "Bob"]),
        ("metadata['tier']:'2' AND email:null", ["Cy"]),
        ("metadata['tier']:'2' -email:null", ["Bob"]),
        ("name:'Cy' OR name:'Ann'", ["Cy", "Ann"]),
        ("created>0", ["Cy", "Bob", "Ann", "Ada"]),
        ("created<=1", []),
    ],
)
def test_a_query_finds_what_fits(
    shopper: Shopper, customers: dict[str, str], query: str, names: list[str]
) -> None:
    found = shopper.v1.customers.search({"query": query})
    assert [customers[one.id] for one in found.data] == names


def test_results_have_pages(shopper: Shopper, customers: dict[str, str]) -> None:
    found = shopper.v1.customers.search({"query": "created>0", "limit": 3})
    assert (len(found.data), found.has_more) == (3, True)
    assert {one.id for one in found.auto_paging_iter()} == set(customers)


def test_payments_and_charges_are_searched_too(shopper: Shopper) -> None:
    paid = shopper.pay("pm_card_visa", metadata={"order": "7"})
    shopper.pay("pm_card_mastercard")
    by_order = shopper.v1.payment_intents.search({"query": "status:'succeeded' AND metadata['order']:'7'"})
    by_card = shopper.v1.charges.search({"query": "payment_method_details.card.last4:4242 amount>4999"})
    assert [one.id for one in by_order.data] == [paid.id]
    assert [one.payment_intent for one in by_card.data] == [paid.id]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "name",
        "name:",
        "name:'Ann' AND",
        "name:'Ann' AND email:null OR name:'Bob'",
        "hue:'red'",
        "created>'yesterday'",
        "name~'A'",
        "name:'Ann",
        "(" * 5000,
    ],
)
def test_what_is_not_in_the_language_is_refused(shopper: Shopper, query: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shopper.v1.customers.search({"query": query})
    assert refused.value.param == "query"
