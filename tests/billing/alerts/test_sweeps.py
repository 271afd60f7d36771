"""A sweep looks at forecasts, and again at what was reached."""

from __future__ import annotations

from flask import Flask

from app.billing.alerts import sweeps
from tests.support.alerting import an_alerted, set_levels, to


def test_forecasts_and_levels_that_were_reached_are_looked_at(app: Flask) -> None:
    calm, short, fallen = (an_alerted()[0] for _ in range(3))
    set_levels(short, "100", hours=(4,))
    to(fallen, "50", source="fall")
    assert set(sweeps.find_judged()) == {short.id, fallen.id}
    assert calm.id not in sweeps.find_judged()
