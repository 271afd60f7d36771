"""The calls of a selection, over days, without a gap."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.billing.activity import usage_calls
from app.billing.activity.filters import Filters
from app.billing.activity.usage_calls import CALLS
from tests.billing.activity.selected import a_user, add_up, use


@pytest.mark.long
def test_calls_are_read_page_by_page_the_newest_day_first_and_the_dearest_first(app: Flask) -> None:
    organization = a_user()
    for number in range(CALLS):
        use(organization, 600 + 60 * (number % 3), days=number % 4, campaign="Recall", call=f"c{number:02}")
    for number in range(5):
        use(organization, days=2, campaign="Recall", call=f"same{number}")
        use(organization, days=2, campaign="Other", call=f"other{number}")
    use(organization, campaign="Recall")
    add_up(organization)
    wanted = Filters(campaign="Recall")
    first = usage_calls.page(organization, wanted)
    second = usage_calls.page(organization, wanted, after=first.next)
    found = [*first.calls, *second.calls]
    assert (len(first.calls), second.next) == (CALLS, None)
    assert found == sorted(found, key=lambda one: (one.day, one.cost.micro, one.call), reverse=True)
    assert len({one.call for one in found}) == CALLS + 5
    assert not any(one.call.startswith("other") for one in found)


def test_days_and_a_group_narrow_them_and_others_calls_are_never_there(app: Flask) -> None:
    organization, other = a_user(), a_user()
    for one in (organization, other):
        use(one, agent="Ava", call="c1")
        use(one, 51, days=1, agent="Ava", call="c2", meter="sms")
        add_up(one)
    tenth = date(2026, 11, 10)
    found = usage_calls.page(organization, Filters(agent="Ava", group="calling"))
    assert [one.call for one in found.calls] == ["c1"]
    assert usage_calls.page(organization, Filters(agent="Ava").within(tenth, tenth)).calls == found.calls
    assert usage_calls.page(a_user(), Filters(agent="Ava")).calls == ()
