"""What is wanted of a run, and that a seed repeats it."""

from __future__ import annotations

import pytest

from app.billing.purchases import RESEND_WITHIN, STALE_AFTER
from dev.errors import ToolError
from torture import plan


def test_an_hour_and_a_kill_every_twenty_seconds_unless_said_otherwise() -> None:
    found = plan.read({})
    assert (found.seconds, found.kill_every) == (3_600, 20)
    assert plan.read({"TORTURE_SECONDS": "120", "TORTURE_SEED": "7"}).seed == 7


def test_a_seed_repeats_what_each_decides_and_no_two_decide_alike() -> None:
    def decides(seed: str, who: str) -> list[int]:
        chance = plan.read({"TORTURE_SEED": seed}).chance(who)
        return [chance.randrange(1_000) for _ in range(5)]

    assert decides("7", "kills") == decides("7", "kills")
    assert decides("7", "kills") != decides("8", "kills")
    assert decides("7", "kills") != decides("7", "calls")


def test_what_is_no_number_is_refused_by_name() -> None:
    with pytest.raises(ToolError, match="TORTURE_SECONDS"):
        plan.read({"TORTURE_SECONDS": "two minutes"})


def test_what_is_given_up_only_once_it_is_too_old_may_settle() -> None:
    assert plan.read({}).settle_seconds >= (RESEND_WITHIN + STALE_AFTER).total_seconds() + 60
