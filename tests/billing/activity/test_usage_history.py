"""Usage by campaign, agent, number, direction and country: a line a day and group, page by page, in both directions."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.billing.activity import usage_history
from app.billing.activity.filters import Filters
from app.billing.activity.usage_history import PAGE, UsageDay
from app.models import Organization, TransferKind, UsageGroup
from tests.billing.activity.selected import UNTIL, a_user, add_up, correct, use
from tests.factories import usd


@pytest.fixture
def organization(app: Flask) -> Organization:
    return a_user()


def shown(lines: list[UsageDay]) -> list[tuple[int, str, bool]]:
    return [(line.day.day, line.group.value, line.is_correction) for line in lines]


def test_each_name_selects_its_own(organization: Organization) -> None:
    names = {"campaign": "Recall", "agent": "Ava", "number": "+1", "direction": "outbound", "country": "MX"}
    use(organization, 600, **names)
    for place, name in enumerate(names):
        use(organization, 60, days=place + 1, **(names | {name: "CA" if name == "country" else "inbound"}))
    use(organization, 60, days=9)
    add_up(organization)
    for place, (name, value) in enumerate(names.items()):
        found = usage_history.page(organization, Filters(**{name: value})).lines
        assert [line.day.day for line in found] == [15 - other for other in range(6) if other != 4 - place]
    assert len(usage_history.page(organization, Filters(**names)).lines) == 1


@pytest.mark.long
def test_pages_lead_down_and_back_up_without_a_gap(organization: Organization) -> None:
    for day in range(PAGE):
        use(organization, days=day, campaign="Recall")
        use(organization, 51, days=day, campaign="Recall", meter="sms")
        use(organization, 600, days=day, campaign="Other")
    add_up(organization)
    wanted = Filters(campaign="Recall")
    first = usage_history.page(organization, wanted)
    second = usage_history.page(organization, wanted, before=first.older)
    assert shown(first.lines + second.lines) == [
        ((date(2026, 11, 10).toordinal() + day), group, False)
        and (date.fromordinal(date(2026, 11, 10).toordinal() + day).day, group, False)
        for day in reversed(range(PAGE))
        for group in ("calling", "telephony")
    ]
    assert (first.newer, second.older, first.counted_until) == (None, None, UNTIL)
    assert usage_history.page(organization, wanted, after=second.newer) == first


def test_corrections_are_lines_of_their_own_and_a_kind_of_their_own(organization: Organization) -> None:
    event = use(organization, 1_000_000, agent="Ava", meter="tokens_out", call="c")
    correct(organization, event, 500_000, days=2, meter="tokens_out")
    add_up(organization)
    lines = usage_history.page(organization, Filters(agent="Ava")).lines
    assert shown(lines) == [(12, "models", True), (10, "models", False)]
    assert [(line.amount, line.calls) for line in lines] == [(usd("6"), 0), (usd("-12"), 1)]
    for kind, expected in (
        (TransferKind.USAGE, [False]),
        (TransferKind.ADJUSTMENT, [True]),
        (TransferKind.TOP_UP, []),
    ):
        found = usage_history.page(organization, Filters(kind, agent="Ava")).lines
        assert [line.is_correction for line in found] == expected


def test_a_group_and_days_narrow_it(organization: Organization) -> None:
    for day in range(3):
        use(organization, days=day, agent="Ava")
        use(organization, 51, days=day, agent="Ava", meter="sms")
    add_up(organization)
    eleventh = date(2026, 11, 11)
    wanted = Filters(group=UsageGroup.TELEPHONY.value, agent="Ava").within(eleventh, eleventh)
    assert shown(usage_history.page(organization, wanted).lines) == [(11, "telephony", False)]


@pytest.mark.long
def test_an_export_has_every_row_and_adds_up_to_the_lines(organization: Organization) -> None:
    for day in range(40):
        use(organization, days=day, campaign="Recall", agent="Ava" if day % 2 else "Noah")
    add_up(organization)
    wanted = Filters(campaign="Recall")
    rows = list(usage_history.list_all_rows(organization, wanted))
    assert [row.day for row in rows] == sorted((row.day for row in rows), reverse=True)
    assert (len(rows), {row.agent for row in rows}) == (40, {"Ava", "Noah"})
    first = usage_history.page(organization, wanted)
    second = usage_history.page(organization, wanted, before=first.older)
    assert sum(row.amount.micro for row in rows) == sum(
        line.amount.micro for line in first.lines + second.lines
    )


@pytest.mark.parametrize("position", [0, 1, 10**18])
def test_any_number_in_the_address_is_a_place(organization: Organization, position: int) -> None:
    use(organization, agent="Ava")
    add_up(organization)
    wanted = Filters(agent="Ava")
    older = usage_history.page(organization, wanted, before=position).lines
    newer = usage_history.page(organization, wanted, after=position).lines
    assert (len(older), len(newer)) == (1 if position > 1 else 0, 1)


def test_another_organizations_usage_is_never_there(organization: Organization) -> None:
    other = a_user()
    use(other, agent="Ava")
    add_up(other)
    assert usage_history.page(organization, Filters(agent="Ava")).lines == []
    assert list(usage_history.list_all_rows(organization, Filters(agent="Ava"))) == []
