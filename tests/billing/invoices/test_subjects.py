"""An invoice is named by its plan, whatever line Stripe writes about it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.invoices.subjects import subject_of

TIMES = "\u00d7"


@pytest.mark.parametrize(
    ("description", "subject"),
    [
        (f"1 {TIMES} Growth (at $99.00 / month)", "Growth"),
        (f"1 {TIMES} Growth (at $990.00 / year)", "Growth"),
        (f"1 {TIMES} Call center (EU) (at €1,200.00 / month)", "Call center (EU)"),
        (f"3 {TIMES} Growth (at $99.00 / month)", f"3 {TIMES} Growth"),
        ("Remaining time on Scale after 30 Nov 2026", "Scale"),
        (f"Remaining time on 2 {TIMES} Scale after 30 Nov 2026", f"2 {TIMES} Scale"),
        # Whatever else there is, such as what an operator wrote.
        ("Growth", "Growth"),
        ("Setup of 3 numbers", "Setup of 3 numbers"),
        ("Unused time on Growth after 30 Nov 2026", "Unused time on Growth after 30 Nov 2026"),
        ("", ""),
    ],
)
def test_it_is_the_plan(app: Flask, description: str, subject: str) -> None:
    assert subject_of(description) == subject
