"""Totals are those of all lines that the filters select, also of what isn't added up yet."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask

from app.billing.activity import history, totals, usage_history
from app.billing.activity.filters import Filters
from app.models import Organization, TransferKind, UsageGroup
from app.money import total
from tests.billing.activity.selected import a_user, add_up, correct, use
from tests.factories import usd
from tests.support.metering import NOW
from tests.support.moving import post

KINDS = (None, *TransferKind)
DAYS = (None, date(2026, 11, 11))


@pytest.fixture
def organization(app: Flask) -> Organization:
    return a_user()


def move(organization: Organization, days: int) -> None:
    """Something of every kind, on one day."""
    when = NOW + timedelta(days=days)
    post(organization, TransferKind.TOP_UP, usd("50"), when)
    post(organization, TransferKind.REFUND, usd("5"), when, out=True)
    post(organization, TransferKind.DISPUTE, usd("7"), when, out=True)
    post(organization, TransferKind.PROMOTION, usd("4"), when)
    post(organization, TransferKind.EXPIRY, usd("2"), when, out=True)
    event = use(organization, 1_000_000, days=days, agent="Ava", meter="tokens_out", call=f"c{days}")
    use(organization, days=days, agent="Noah")
    correct(organization, event, 400_000, days=days, meter="tokens_out")


@pytest.mark.long
def test_they_are_the_sums_of_the_lines_whatever_is_counted(organization: Organization) -> None:
    move(organization, 0)
    move(organization, 1)
    add_up(organization)
    move(organization, 2)
    groups = (None, *(group.value for group in UsageGroup))
    for kind, group, first, last in product(KINDS, groups, DAYS, DAYS):
        wanted = Filters(kind, group, first, last)
        lines = list(history.list_all_entries(organization, wanted))
        found = totals.gather(organization, wanted)
        assert found is not None
        assert (found.lines, found.net) == (len(lines), total((line.amount for line in lines), "USD")), wanted
    everything = totals.gather(organization, Filters(first_day=date(2026, 11, 1)))
    assert everything is not None
    assert (everything.money_in, everything.returned) == (usd("162"), usd("-36"))


def test_those_of_usage_are_the_sums_of_its_lines_with_its_calls(organization: Organization) -> None:
    move(organization, 0)
    move(organization, 1)
    add_up(organization)
    for wanted in (Filters(agent="Ava"), Filters(agent="Ava", group="models"), Filters(agent="Noah")):
        lines = usage_history.page(organization, wanted).lines
        found = totals.gather(organization, wanted)
        assert found is not None
        assert found.net == total((line.amount for line in lines), "USD")
        assert found.calls == sum(line.calls for line in lines)
    assert (found.money_in, found.returned, found.calls) == (usd("0"), usd("0"), 0)


def test_with_too_much_to_count_it_says_so(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "MOST", 1)
    move(organization, 0)
    assert totals.gather(organization, Filters(TransferKind.TOP_UP)) is None
    add_up(organization)
    assert totals.gather(organization, Filters(TransferKind.TOP_UP)) is not None
