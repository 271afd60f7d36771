"""What the page of a paid top-up tells: who paid it, what was clawed back, what that means, what is left."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.models import TopUp
from tests.support.browsing import HTMX, links_of, text_of
from tests.support.paying import TOP_UPS, Owner
from tests.support.sandbox import Sandbox, deliver_all


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    """An owner with a paid top-up of $50.00."""
    made = Owner(app)
    made.pay(made.review())
    return made


@pytest.fixture
def top_up(owner: Owner) -> TopUp:
    (found,) = owner.top_ups()
    return found


def story(owner: Owner, top_up: TopUp) -> str:
    return owner.reads(f"{TOP_UPS}/{top_up.id}")


def refund(app: Flask, sandbox: Sandbox, top_up: TopUp, cents: int) -> str:
    made = sandbox.stripe.v1.refunds.create({"charge": top_up.charge_id or "", "amount": cents})
    deliver_all(app, sandbox)
    return made.id


def dispute(app: Flask, sandbox: Sandbox, top_up: TopUp, **how: Any) -> str:
    made = sandbox.control.open_dispute(top_up.charge_id, **how)
    deliver_all(app, sandbox)
    return str(made["id"])


def decide(app: Flask, sandbox: Sandbox, dispute_id: str, outcome: str) -> None:
    sandbox.control.decide_dispute(dispute_id, outcome)
    deliver_all(app, sandbox)


def test_an_untouched_top_up_tells_card_and_time_alone(owner: Owner, top_up: TopUp) -> None:
    words = story(owner, top_up)
    assert "$50.00 was charged to Visa ending in 4242. It's in your available credit." in words
    assert f"Paid by {owner.email}" in words
    assert "Remaining of this top-up" not in words


def test_a_refund_shows_what_is_left(app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp) -> None:
    refund(app, sandbox, top_up, 2000)
    words = story(owner, top_up)
    assert "$30.00 of it remains. The rest was refunded or disputed." in words
    assert "Refund Refunded to Visa ending in 4242 \N{MINUS SIGN}$20.00 $30.00" in words
    assert "Remaining of this top-up, before usage $30.00" in words


def test_a_refund_that_came_back_says_what_to_do(
    app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp
) -> None:
    refund_id = refund(app, sandbox, top_up, 2000)
    sandbox.control.settle_refund(refund_id, "fail")
    deliver_all(app, sandbox)
    words = story(owner, top_up)
    assert "A refund didn't reach Visa ending in 4242, so its credit was restored." in words
    assert "Remaining of this top-up, before usage $50.00" in words


def test_an_open_dispute_says_until_when_an_answer_counts(
    app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp
) -> None:
    dispute(app, sandbox, top_up, reason="unrecognized")
    words = story(owner, top_up)
    assert "Dispute of $50.00" in words
    assert "The bank withdrew $50.00 until it decides" in words
    assert "The bank accepts a response until" in words
    assert "Reason given to the bank: The cardholder doesn't recognize this payment." in words
    assert "None of it remains. It was refunded or disputed." in words


@pytest.mark.long
@pytest.mark.parametrize(
    ("outcome", "says", "left"),
    [
        ("won", "upheld the payment. $50.00 was restored to your credit", "$50.00"),
        (
            "lost",
            "decided for the cardholder. The $50.00 deducted from your credit won't be restored.",
            "$0.00",
        ),
    ],
)
def test_a_decided_dispute_says_how(
    app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp, outcome: str, says: str, left: str
) -> None:
    decide(app, sandbox, dispute(app, sandbox, top_up), outcome)
    words = story(owner, top_up)
    assert says in words
    assert f"Remaining of this top-up, before usage {left}" in words


@pytest.mark.long
def test_an_answered_dispute_says_that_the_bank_decides(
    app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp
) -> None:
    dispute_id = dispute(app, sandbox, top_up, amount=3000)
    sandbox.stripe.v1.disputes.update(dispute_id, {"evidence": {"uncategorized_text": "They called us."}})
    deliver_all(app, sandbox)
    words = story(owner, top_up)
    assert "$30.00 stays deducted from your credit until the bank has decided." in words
    assert "The bank accepts a response until" not in words


def test_an_inquiry_says_that_nothing_was_taken(
    app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp
) -> None:
    dispute_id = dispute(app, sandbox, top_up, inquiry=True)
    words = story(owner, top_up)
    assert "Inquiry about $50.00" in words
    assert "Nothing was deducted." in words
    assert "It's in your available credit." in words
    decide(app, sandbox, dispute_id, "warning_closed")
    assert "No dispute was opened, so nothing was deducted." in story(owner, top_up)


@pytest.mark.long
def test_history_and_story_lead_to_each_other(
    app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp
) -> None:
    decide(app, sandbox, dispute(app, sandbox, top_up, amount=3000), "won")
    refund(app, sandbox, top_up, 500)
    history = owner.get("/billing/wallet").text
    for line in ("Top-up", "Refund", "Dispute", "Dispute reversed"):
        assert re.search(rf'<a href="{TOP_UPS}/{top_up.id}\?org=[a-z0-9-]+">{line}<span', history)
    page = owner.get(f"{TOP_UPS}/{top_up.id}").text
    assert "/billing/wallet#history" in links_of(page)


@pytest.mark.long
def test_the_history_and_its_csv_can_be_narrowed_to_disputes(
    app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp
) -> None:
    decide(app, sandbox, dispute(app, sandbox, top_up), "won")
    refund(app, sandbox, top_up, 500)
    rows = owner.get("/billing/wallet/history.csv?kind=dispute", buffered=True).text.splitlines()[1:]
    assert [row.split(",")[2:5] for row in rows] == [
        ["Dispute reversed", "Payment upheld: credit restored", "50.00"],
        ["Dispute", "Cardholder disputed the payment", "-50.00"],
    ]
    assert (
        '<option value="dispute" selected>Disputes</option>' in owner.get("/billing/wallet?kind=dispute").text
    )


def test_an_open_page_follows_the_story(app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp) -> None:
    poll = f"/billing/live/wallet?top_up={top_up.id}&state=succeeded&story=1"
    assert 'hx-target="#top-up"' not in owner.get(poll, headers=HTMX).text
    dispute(app, sandbox, top_up)
    answer = owner.get(poll, headers=HTMX)
    assert 'hx-target="#top-up"' in answer.text
    assert "The bank withdrew $50.00" in text_of(answer)
    assert "was added to your wallet" not in answer.text


def test_a_swap_gets_the_same_story(app: Flask, sandbox: Sandbox, owner: Owner, top_up: TopUp) -> None:
    refund(app, sandbox, top_up, 2000)
    region = owner.get(f"{TOP_UPS}/{top_up.id}", headers=HTMX)
    assert "<html" not in region.text
    assert "Remaining of this top-up, before usage $30.00" in text_of(region)


def test_another_organizations_story_is_not_told(app: Flask, owner: Owner, top_up: TopUp) -> None:
    assert Owner(app).get(f"{TOP_UPS}/{top_up.id}").status_code == 404
    db.session.rollback()
