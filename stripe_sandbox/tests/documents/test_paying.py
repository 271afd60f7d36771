"""Paying an invoice on its page, as a customer who got its address by mail."""

from __future__ import annotations

import re
from html import unescape

import pytest
import requests
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.member import Member
from stripe_sandbox.tests.support.shopper import Shopper

PAYS, DECLINES = "4242 4242 4242 4242", "4000 0000 0000 0341"
ASKS, ASKS_AND_DECLINES = "4000 0027 6000 3184", "4000 0082 6000 3178"


class Payer:
    """A payer at the page of an invoice; `last` is the page that came last."""

    def __init__(self, process: Process, invoice: stripe.Invoice) -> None:
        self.origin, self.address = process.url, str(invoice.hosted_invoice_url)
        self.last = requests.get(self.address, timeout=10)

    def send(self, address: str, **form: str) -> str:
        own = {"Origin": self.origin}
        self.last = requests.post(address, data=form, headers=own, timeout=10)
        return unescape(self.last.text)

    def pay(self, number: str, expiry: str = "04 / 40", cvc: str = "123") -> str:
        return self.send(f"{self.address}/pay", number=number, expiry=expiry, cvc=cvc)

    def answer(self, outcome: str) -> str:
        """Answer the bank, on whose page one is."""
        found = re.search(r'name="client_secret" value="(\w+)"', self.last.text)
        assert found is not None
        return self.send(self.last.url.partition("?")[0], client_secret=found.group(1), outcome=outcome)


@pytest.fixture
def owing(member: Member) -> Member:
    """A member whose renewal was declined."""
    member.bank("declines")
    member.renew()
    return member


@pytest.fixture
def payer(owing: Member, stand_in: Process) -> Payer:
    return Payer(stand_in, owing.invoice())


def test_a_card_pays_and_the_subscription_is_active_again(
    payer: Payer, owing: Member, shopper: Shopper
) -> None:
    assert "Pay $49.00" in payer.last.text
    page = payer.pay(PAYS)
    assert (payer.last.url, "<dd>Paid</dd>" in page, "Pay $49.00" in page) == (payer.address, True, False)
    assert (owing.status, owing.invoice().status) == ("active", "paid")
    assert shopper.events()[-3:] == [
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]
    payer.pay(PAYS)
    assert payer.last.url == payer.address
    assert len([one for one in shopper.v1.charges.list().data if one.paid]) == 2


def test_a_declined_card_is_said_and_another_can_be_tried(payer: Payer, owing: Member) -> None:
    page = payer.pay(DECLINES)
    assert payer.last.status_code == 402
    assert "Your card was declined. Nothing was charged. Try another card." in page
    assert 'value="04 / 40"' in page and 'value="123"' not in page
    payer.pay(PAYS)
    assert owing.status == "active"


@pytest.mark.parametrize(
    ("number", "expiry", "cvc", "words"),
    [
        ("", "04 / 40", "123", "Enter the number on the card."),
        (PAYS, "April", "123", "Enter month and year, like 04 / 31."),
        (PAYS, "04 / 40", "", "Enter the security code."),
        ("4242 4242 4242 4241", "04 / 40", "123", "Your card number is incorrect."),
        (PAYS, "13 / 40", "123", "Your card's expiration month is invalid."),
        (PAYS, "04 / 2020", "123", "Your card's expiration year is invalid."),
        (PAYS, "04 / 40", "12", "Your card's security code is invalid."),
    ],
)
def test_what_can_not_be_a_card_is_said_at_its_field(
    payer: Payer, owing: Member, number: str, expiry: str, cvc: str, words: str
) -> None:
    page = payer.pay(number, expiry, cvc)
    assert payer.last.status_code in {400, 402}
    assert page.count('aria-invalid="true"') == 1
    assert words in page and f'value="{expiry}"' in page
    assert owing.invoice().status == "open"


def test_the_bank_asks_and_leads_back(payer: Payer, owing: Member) -> None:
    assert "Verify your payment method" in payer.pay(ASKS)
    assert "<dd>Paid</dd>" in payer.answer("complete")
    assert payer.last.url.startswith(payer.address)
    assert owing.status == "active"


def test_who_fails_the_question_is_told_and_can_try_again(payer: Payer, owing: Member) -> None:
    payer.pay(ASKS)
    assert "Your bank couldn't confirm it's you." in payer.answer("fail")
    assert owing.status == "past_due"
    payer.pay(ASKS)
    payer.answer("complete")
    assert owing.status == "active"


def test_a_card_that_declines_after_the_question_is_said(payer: Payer, owing: Member) -> None:
    payer.pay(ASKS_AND_DECLINES)
    assert "Your card has insufficient funds. Nothing was charged." in payer.answer("complete")
    assert owing.status == "past_due"


def test_what_the_bank_asked_while_no_one_was_there_is_answered_on_the_page(
    member: Member, stand_in: Process
) -> None:
    member.bank("asks")
    member.renew()
    payer = Payer(stand_in, member.invoice())
    assert "Confirm with your bank" in payer.last.text
    payer.send(f"{payer.address}/confirm")
    assert "<dd>Paid</dd>" in payer.answer("complete")
    assert member.status == "active"


def test_pages_of_other_origins_pay_nothing(payer: Payer, owing: Member) -> None:
    for path in ("pay", "confirm"):
        answer = requests.post(
            f"{payer.address}/{path}", headers={"Origin": "https://elsewhere.example"}, timeout=10
        )
        assert answer.status_code == 403
    assert owing.invoice().status == "open"
