"""Statuses of Stripe's: what follows from each, and nothing from one that a newer version of its API has."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from app.models import InvoiceStatus
from app.payments.statuses import (
    DisputeStatus,
    PaymentIntentStatus,
    RefundStatus,
    StripeInvoiceStatus,
    StripeStatus,
    StripeSubscriptionStatus,
)

KINDS = StripeStatus.__subclasses__()


@pytest.mark.parametrize("kind", KINDS)
def test_a_status_of_a_newer_version_keeps_its_text_and_is_logged(kind: type[StripeStatus]) -> None:
    with capture_logs() as logs:
        found = kind("levitating")
    assert isinstance(found, kind)
    assert (found, str(found), f"{found}", found.value) == ("levitating",) * 4
    assert not found.is_known
    assert [(line["event"], line["of"], line["status"]) for line in logs] == [
        ("unknown_stripe_status", kind.__name__, "levitating")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_known_status_is_itself_without_a_word_in_the_log(kind: type[StripeStatus]) -> None:
    with capture_logs() as logs:
        assert all(kind(str(one)) is one and one.is_known for one in kind)
    assert logs == []


def test_nothing_follows_from_an_unknown_status() -> None:
    subscription = StripeSubscriptionStatus("levitating")
    assert not subscription.has_ended and not subscription.is_owed
    assert subscription.has_begun, "a plan goes on"
    assert not PaymentIntentStatus("levitating").is_untried
    assert not StripeInvoiceStatus("levitating").is_abandoned
    assert not RefundStatus("levitating").gave_nothing_back
    dispute = DisputeStatus("levitating")
    assert not dispute.has_ended and not dispute.is_decided_for_us


def test_a_dispute_has_ended_however_it_was_decided() -> None:
    ended = {one for one in DisputeStatus if one.has_ended}
    assert ended == {"won", "lost", "warning_closed", "prevented"}
    assert {one for one in ended if one.is_decided_for_us} == ended - {"lost"}


def test_an_invoice_is_written_down_with_any_status_but_a_draft() -> None:
    assert {one.value for one in StripeInvoiceStatus} - {"draft"} == {one.value for one in InvoiceStatus}
