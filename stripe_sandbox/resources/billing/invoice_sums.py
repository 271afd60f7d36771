"""What an invoice comes to: its lines, less discounts, with taxes, and then the customer's balance.

In this order, which the SDK's own texts of `Invoice` say: `subtotal` is "before any invoice level discount or
exclusive tax", `total` "after discounts and taxes", and `amount_due` takes the balance into account.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox import currencies
from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import automatic_tax, discounts, taxes
from stripe_sandbox.resources.billing.discount_sums import Part, take_off
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.customers import customer_balances


def add_up(
    call: Call, body: dict[str, Any], rates: dict[str, list[dict[str, Any]]] | None = None
) -> dict[str, Any]:
    """Work out a draft, or a preview, from its lines, discounts and tax settings. It is the caller's to save.

    `rates` are the tax rates that lines have of their own, by the line's id; the others have the invoice's.
    """
    lines = body["lines"]["data"]
    _discount(call, body, lines)
    _tax(call, body, lines, rates or {})
    total_taxes = taxes.totals(lines)
    extra, included = (
        sum(tax["amount"] for tax in total_taxes if tax["tax_behavior"] == kind)
        for kind in ("exclusive", "inclusive")
    )
    subtotal = sum(line["amount"] for line in lines)
    total = subtotal - sum(one["amount"] for one in body["total_discount_amounts"]) + extra
    body.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal - included,
        total=total,
        total_excluding_tax=total - extra - included,
        total_taxes=total_taxes,
    )
    return expect_balance(call, body)


def expect_balance(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """What would be due if it were finalized now; `ending_balance` is null until it is."""
    balance = find(call, "customer", body["customer"])["balance"]
    due = max(0, body["total"] + balance)
    if due < currencies.least(body["currency"]):
        due = 0
    body.update(starting_balance=balance, ending_balance=None, amount_due=due, amount_remaining=due)
    return body


def settle_balance(call: Call, body: dict[str, Any]) -> None:
    """Apply the customer's balance to an invoice that is being finalized.

    What is too little to charge is owed with the next invoice (https://docs.stripe.com/billing/customer/balance#types).
    """
    customer = find(call, "customer", body["customer"])
    expect_balance(call, body)
    ending = body["starting_balance"] + body["total"] - body["amount_due"]
    if ending != body["starting_balance"]:
        type_ = "invoice_too_small" if ending > 0 else "applied_to_invoice"
        moved = ending - body["starting_balance"]
        customer_balances.move(call, customer, moved, type_, currency=body["currency"], invoice=body["id"])
    body["ending_balance"] = ending


def give_balance_back(call: Call, body: dict[str, Any]) -> None:
    """Return the balance that was applied to an invoice, which is void now
    (https://docs.stripe.com/changelog/2019-12-03/customer-balances-returned-voided-invoices)."""
    if body["ending_balance"] in {None, body["starting_balance"]}:
        return
    customer = find(call, "customer", body["customer"])
    moved = body["starting_balance"] - body["ending_balance"]
    customer_balances.move(call, customer, moved, "unapplied_from_invoice", invoice=body["id"])


def _discount(call: Call, body: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Prorations have their discounts in their amounts already, and are not discounted again."""
    known = discounts.listed(call, body["discounts"])
    open_ = [line for line in lines if line["discountable"]]
    parts = [Part(line["amount"], _product(line), line["currency"]) for line in open_]
    taken = take_off(parts, [discounts.coupon_of(call, one) for one in known])
    for at, line in enumerate(open_):
        line["discount_amounts"] = [
            {"amount": amounts[at], "discount": one["id"]} for one, amounts in zip(known, taken, strict=True)
        ]
    for line in lines:
        line["pretax_credit_amounts"] = [_credit(one) for one in line["discount_amounts"] or []]
    body["total_discount_amounts"] = [
        {"amount": sum(amounts), "discount": one["id"]} for one, amounts in zip(known, taken, strict=True)
    ]
    body["total_pretax_credit_amounts"] = [_credit(one) for one in body["total_discount_amounts"]]


def _tax(
    call: Call, body: dict[str, Any], lines: list[dict[str, Any]], own: dict[str, list[dict[str, Any]]]
) -> None:
    """A credit has the taxes of what it credits already."""
    customer = find(call, "customer", body["customer"])
    is_automatic = body["automatic_tax"]["enabled"]
    if is_automatic:
        is_known = automatic_tax.location(customer) is not None
        body["automatic_tax"]["status"] = "complete" if is_known else "requires_location_inputs"
    for line in lines:
        if is_credit(line):
            continue
        net = line["amount"] - sum(one["amount"] for one in line["discount_amounts"] or [])
        price = line["pricing"]["price_details"]["price"] if line["pricing"] else None
        rates = own.get(line["id"]) or body["default_tax_rates"]
        if is_automatic:
            rates = automatic_tax.rate_for(call, customer, price, body["currency"])
        line["taxes"] = taxes.of_line(net, rates, customer, is_automatic=is_automatic)


def is_credit(line: dict[str, Any]) -> bool:
    """Whether a line credits what was debited before."""
    details = line["parent"] and line["parent"]["subscription_item_details"]
    return bool(details and details["proration"] and line["amount"] <= 0 and line["taxes"] is not None)


def _product(line: dict[str, Any]) -> str | None:
    return line["pricing"]["price_details"]["product"] if line["pricing"] else None


def _credit(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"credit_balance_transaction": None, "type": "discount"}
