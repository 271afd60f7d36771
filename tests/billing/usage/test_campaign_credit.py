"""What a campaign's calls may spend: its own envelope first, and available credit above the reserve."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.billing.usage import campaign_credit
from app.billing.usage.campaign_credit import CampaignCredit
from app.billing.wallet import holds, ledger, reserve
from app.billing.wallet.reserve import Reserve
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.factories import OWNER, an_organization, usd
from tests.support.envelopes import LEASE, NOW, set_aside
from tests.support.moved_clock import moved_clock


@pytest.fixture
def organization(app: Flask) -> Iterator[Organization]:
    """100 dollars: 40 set aside for Recall, 20 for Spring, and 15 kept as the reserve."""
    with moved_clock(NOW):
        organization = an_organization(credit="100")
        set_aside(organization, "40", campaign="Recall")
        set_aside(organization, "20", campaign="Spring")
        reserve.choose(organization, Reserve(usd("15"), None), OWNER, is_confirmed=False, at=NOW)
        db.session.commit()
        yield organization


def test_its_own_envelope_helps_it_and_those_of_others_and_the_reserve_do_not(
    organization: Organization,
) -> None:
    recall, spring, other = (
        campaign_credit.find(organization, meter="calls_outbound", campaign=name)
        for name in ("Recall", "Spring", "")
    )
    assert (recall.own, recall.shared, recall.usable) == (usd("40"), usd("25"), usd("65"))
    assert (spring.own, spring.usable) == (usd("20"), usd("45"))
    assert (other.own, other.usable) == (usd("0"), usd("25"))
    assert {one.reserve for one in (recall, spring, other)} == {usd("15")}


def test_inbound_calls_may_spend_the_reserve(organization: Organization) -> None:
    found = campaign_credit.find(organization, meter="calls_inbound", campaign="")
    assert (found.reserve, found.usable) == (usd("0"), usd("40"))


def test_what_calls_in_progress_hold_of_the_envelope_pays_for_no_others(organization: Organization) -> None:
    holds.reserve(
        organization.id, "call", usd("5"), at=utc_now(), lease=LEASE, call="call", campaign="Recall"
    )
    db.session.commit()
    assert campaign_credit.find(organization, campaign="Recall").own == usd("35")
    assert ledger.lock(organization.id).available == usd("40")


@pytest.mark.parametrize(
    ("own", "shared", "cost", "others", "missing"),
    [
        ("0", "25", "25", "0", "0"),
        ("0", "25", "25", "10", "10"),
        ("40", "25", "60", "0", "0"),
        ("40", "25", "70", "10", "15"),
        ("40", "25", "40", "100", "0"),  # its envelope pays for it, whatever others spend
        ("40", "-5", "50", "0", "15"),
        ("40", "-5", "30", "0", "0"),
        ("0", "-5", "10", "0", "15"),
    ],
)
def test_what_is_missing(app: Flask, own: str, shared: str, cost: str, others: str, missing: str) -> None:
    credit = CampaignCredit(available=usd(shared) + usd("7"), reserve=usd("7"), own=usd(own))
    assert credit.missing_for(usd(cost), usd(others)) == usd(missing)
    coverage = campaign_credit.cover(usd(cost), credit, others=usd(others))
    assert (coverage.top_up is None) == (coverage.missing == usd("0"))


def test_a_suggested_top_up_is_a_preset_or_the_next_ten_and_at_most_the_largest(app: Flask) -> None:
    with app.app_context():
        assert campaign_credit.suggest_top_up(usd("0.01")) == usd("25")
        assert campaign_credit.suggest_top_up(usd("611")) == usd("620")
        largest = campaign_credit.suggest_top_up(usd("1000000"))
        assert largest < usd("1000000")
