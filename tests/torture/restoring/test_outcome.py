"""A drill says what came back, and finds what didn't."""

from __future__ import annotations

import pytest

from torture.restoring.outcome import Outcome


@pytest.mark.parametrize(
    ("after", "findings"),
    [({"pi_1", "pi_2", "pi_old"}, []), ({"pi_1"}, ["Top-ups: pi_2 did not come back"])],
)
def test_what_is_at_stripe_has_to_be_here_in_the_end(after: set[str], findings: list[str]) -> None:
    outcome = Outcome("A machine")
    outcome.compare("Top-ups", {"pi_1", "pi_2"}, {"pi_1", "pi_old"}, after)
    outcome.seconds["Full backup"] = 3.14
    assert outcome.findings == findings
    said = outcome.describe()
    assert "| Full backup | 3.1 s |" in said
    assert f"| 2, 1, {2 - len(findings)} |" in said
    assert ("FINDINGS" in said) is bool(findings)
