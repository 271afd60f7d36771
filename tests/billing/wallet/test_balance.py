"""The balance: three figures that explain each other."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from flask import Flask

from app.billing.limit_settings import settings
from app.billing.limits import ceilings, standing
from app.billing.wallet import balance, envelope_queries, holds
from app.billing.wallet.calls_in_progress import PAGE
from app.billing.wallet.lots import left
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import (
    Hold,
    HoldState,
    LimitSubject,
    LimitWindow,
    LotKind,
    OpenedDestination,
    TransferKind,
    Wallet,
)
from app.money import Money, total
from tests.factories import OWNER, an_organization, give_credit, usd
from tests.support.database import another_session
from tests.support.envelopes import set_aside_now
from tests.support.granting import granted
from tests.support.limits import a_draft, a_limit
from tests.support.moving import post
from tests.support.statements import statements

LEASE = timedelta(minutes=5)


class TestGathered:
    def test_available_is_posted_less_held_and_may_be_below_zero(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        holds.reserve(organization.id, "call-1", usd("4"), at=utc_now(), lease=LEASE)
        found = balance.gather(organization)
        assert (found.available, found.posted, found.held) == (usd("6"), usd("10"), usd("4"))
        assert ([one.call for one in found.calls], found.call_count) == (["call-1"], 1)
        assert not found.is_negative
        post(organization, TransferKind.REFUND, usd("10"), utc_now(), out=True)
        found = balance.gather(organization)
        assert (found.available, found.is_negative) == (usd("-4"), True)

    def test_the_limit_that_stops_calls_is_named_that_of_the_organization_first(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        campaign = a_draft("0", subject=LimitSubject.CAMPAIGN, name="Recall", window=LimitWindow.MONTH)
        with statements() as read:
            assert balance.gather(organization).stopped_by is None
        assert len(read) == 1, "without limits no statement more"
        a_limit(organization, a_draft("0", stops=False, window=LimitWindow.HOUR))
        a_limit(organization, a_draft("5", window=LimitWindow.HOUR))
        assert balance.gather(organization).stopped_by is None, (
            "one that only tells, and one that is not reached"
        )
        of_campaign, of_all = a_limit(organization, campaign), a_limit(organization, a_draft("0"))
        found = balance.gather(organization).stopped_by
        assert found is not None and found.limit_id == of_all.limit_id
        settings.remove(organization, of_all.limit_id or uuid7(), OWNER)
        db.session.commit()
        found = balance.gather(organization).stopped_by
        assert found is not None and found.limit_id == of_campaign.limit_id

    def test_it_is_one_statement_that_says_what_each_part_says_by_itself(self, app: Flask) -> None:
        organization, other = an_organization(credit="100"), an_organization(credit="100")
        for one in (organization, other):
            granted(one, "5", days=9)
            granted(one, "3", days=40, kind=LotKind.GOODWILL, key="goodwill")
            for campaign in ("Spring", "Recall"):
                set_aside_now(one, "7.5", campaign=campaign)
            db.session.add(OpenedDestination(org_id=one.id, destination="SO", opened_by="x"))
            now = utc_now()
            a_limit(one, a_draft("3", raised="30", until=now + LEASE))
            a_limit(one, a_draft("2", subject=LimitSubject.CAMPAIGN, name="Recall", window=LimitWindow.HOUR))
            holds.reserve(one.id, "abroad", usd("20"), at=now, lease=LEASE, to="SO")
            holds.reserve(one.id, "recall", usd("2"), at=now, lease=LEASE, campaign="Recall")
            db.session.commit()
        with statements() as read:
            found = balance.gather(organization)
        assert len(read) == 1
        now, wallet = utc_now(), db.session.get_one(Wallet, organization.id)
        limits = [*standing.gather(organization.id, now), *ceilings.gather(organization.id, now)]
        assert found.limits_turn_at == min(one.turns_at for one in limits if one.turns_at is not None)
        assert found.stopped_by in limits
        assert found.credit == left.of(wallet) and len(found.credit.lots) == 3
        assert [(one.campaign, one.left.micro, one.until) for one in found.envelopes] == [
            (one.campaign, one.left_micro, one.until) for one in envelope_queries.list_open(organization.id)
        ]
        assert len(found.envelopes) == 2

    def test_a_new_organization_has_nothing_and_that_is_not_below_zero(self, app: Flask) -> None:
        found = balance.gather(an_organization())
        assert (found.available, found.calls, found.call_count, found.is_negative) == (usd("0"), (), 0, False)
        assert found.missing == usd("10")

    def test_only_so_many_calls_are_listed_and_all_are_counted(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        now = utc_now()
        db.session.add_all(
            Hold(
                org_id=organization.id,
                key=f"call-{n}",
                amount_micro=0,
                created_at=now,
                expires_at=now + LEASE,
            )
            for n in range(PAGE + 1)
        )
        found = balance.gather(organization)
        assert (len(found.calls), found.call_count) == (PAGE, PAGE + 1)

    def test_a_lease_that_is_over_is_written_down_and_committed(self, app: Flask) -> None:
        organization = an_organization(credit="4")
        holds.reserve(organization.id, "call-1", usd("4"), at=utc_now() - LEASE, lease=LEASE)
        holds.reserve(organization.id, "free", usd("0"), at=utc_now(), lease=LEASE)
        db.session.commit()
        found = balance.gather(organization)
        assert (found.available, found.call_count) == (usd("4"), 1)
        another_session()
        assert holds.find(organization.id, "call-1").state is HoldState.EXPIRED

    def test_calls_of_another_organization_are_not_in_it(self, app: Flask) -> None:
        organization, other = an_organization(credit="10"), an_organization(credit="10")
        holds.reserve(other.id, "theirs", usd("4"), at=utc_now(), lease=LEASE)
        found = balance.gather(organization)
        assert (found.held, found.calls, found.call_count) == (usd("0"), (), 0)

    def test_a_clawback_that_took_the_last_of_the_credit_is_named(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        post(organization, TransferKind.REFUND, usd("4"), utc_now(), out=True)
        assert balance.gather(organization).paused_by is None
        post(organization, TransferKind.DISPUTE, usd("6"), utc_now(), out=True)
        assert balance.gather(organization).paused_by is TransferKind.DISPUTE
        give_credit(organization, "5", at=utc_now())
        found = balance.gather(organization)
        assert (found.paused_by, found.paused_since) == (None, None)

    def test_figures_in_whole_cents_add_up(self, app: Flask) -> None:
        organization = an_organization(credit="100")
        set_aside_now(organization, "20", campaign="Recall")
        set_aside_now(organization, "15.05", campaign="Spring")
        chance = random.Random(7)
        exact = balance.gather(organization)
        for _ in range(200):
            available, held, *left = (Money(chance.randrange(10**8), "USD") for _ in range(4))
            envelopes = tuple(
                replace(one, left=money) for one, money in zip(exact.envelopes, left, strict=True)
            )
            aside = total(left, "USD")
            posted = available + held + aside
            found = replace(
                exact, posted=posted, held=held, set_aside=aside, envelopes=envelopes, available=available
            )
            shown = found.to_the_cent
            assert shown.posted - shown.held - shown.set_aside == shown.available
            assert total((one.left for one in shown.envelopes), "USD") == shown.set_aside
            assert shown.available == found.available.to_smallest_unit
