"""What loosens a limit: it may allow more, now or later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.billing.limit_settings.drafts import Draft
from app.models import LimitSubject, LimitWindow
from tests.factories import at
from tests.support.limits import a_draft

NOW = at("2026-11-24 09:30")
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("before", "after", "is_looser"),
    [
        (a_draft("3"), a_draft("3"), False),
        (a_draft("3"), a_draft("2"), False),
        (a_draft("3"), a_draft("3.01"), True),
        (a_draft("3"), a_draft("3", stops=False), True),
        (a_draft("3", stops=False), a_draft("3"), False),
        (a_draft("3"), a_draft("3", window=LimitWindow.MONTH), True),
        (a_draft("3"), a_draft("3", subject=LimitSubject.AGENT, name="Ava"), True),
        (a_draft("3"), a_draft("3", raised="4", until=SOON), True),
        (a_draft("3"), a_draft("3", raised="4", until=NOW), True),
        (a_draft("3", raised="4", until=SOON), a_draft("3", raised="4", until=LATER), True),
        (a_draft("3", raised="4", until=LATER), a_draft("3", raised="4", until=SOON), False),
        (a_draft("3", raised="4", until=SOON), a_draft("3", raised="5", until=SOON), True),
        (a_draft("3", raised="4", until=SOON), a_draft("3"), False),
        (a_draft("5"), a_draft("3", raised="4", until=SOON), False),
    ],
)
def test_what_may_allow_more_is_looser(before: Draft, after: Draft, *, is_looser: bool) -> None:
    assert after.loosens(before, NOW) is is_looser
