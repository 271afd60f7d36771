"""Counting goes on where it ended, and what was missed is found."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.activity import rollups
from tests.billing.activity.rollups.counted import LATER, counted
from tests.factories import an_organization
from tests.support.metering import NOW
from tests.support.moving import use


def test_counting_again_changes_nothing_and_goes_on_where_it_ended(app: Flask) -> None:
    organization = an_organization(credit="100")
    use(organization, 60, NOW)
    for _ in range(2):
        rollups.roll_up(organization.id, until=LATER)
    use(organization, 5, NOW, posted_at=LATER + timedelta(hours=1))
    assert rollups.find_behind(LATER) == [organization.id], "its transfer isn't counted"
    rollups.roll_up(organization.id, until=LATER + timedelta(hours=2))
    assert [row.quantity for row in counted(organization)] == [60, 5]
    assert rollups.find_behind(LATER + timedelta(days=1)) == []


def test_a_batch_that_committed_late_is_found_and_counted_again(app: Flask) -> None:
    organization = an_organization(credit="100")
    use(organization, 60, NOW)
    rollups.roll_up(organization.id, until=LATER)
    use(organization, 7, NOW, posted_at=NOW + timedelta(minutes=1))
    rollups.roll_up(organization.id, until=LATER + timedelta(days=1))
    assert [row.quantity for row in counted(organization)] == [60], "it was posted before the mark"
    assert rollups.recount_differing(organization.id) == 1
    assert [row.quantity for row in counted(organization)] == [67]
    assert rollups.recount_differing(organization.id) == 0
