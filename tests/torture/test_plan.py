"""What is wanted of a run, and that a seed repeats it."""

from __future__ import annotations

from itertools import islice

import pytest

from app.billing.purchases import RESEND_WITHIN, STALE_AFTER
from app.work import stalled
from app.work.retry_policy import PROMPT_TRIES, wait_after
from app.work.worker import RECOVERY_SECONDS
from dev.errors import ToolError
from torture import plan
from torture.load import operations
from torture.trouble import schedule


def test_a_hundred_thousand_operations_and_a_hundred_kills_unless_said_otherwise() -> None:
    found = plan.read({})
    assert (found.operations, found.kills, found.faults) == (100_000, 100, set(plan.FAULTS))
    assert not found.is_done(99_999, 100, seconds=90_000)
    assert not found.is_done(100_000, 99, seconds=90_000)
    assert found.is_done(100_000, 100, seconds=1)


def test_seconds_bound_a_run_whatever_was_done_by_then() -> None:
    found = plan.read({"TORTURE_SECONDS": "120", "TORTURE_SEED": "7"})
    assert found.seed == 7
    assert not found.is_done(1_000_000, 1_000, seconds=119)
    assert found.is_done(0, 0, seconds=120)


def test_fewer_operations_take_fewer_kills_and_none_where_nothing_is_killed() -> None:
    assert plan.read({"TORTURE_OPERATIONS": "5000"}).kills == 5
    assert plan.read({"TORTURE_FAULTS": "network, disk"}).kills == 0
    assert plan.read({"TORTURE_FAULTS": "none"}).faults == frozenset()


def test_a_seed_repeats_what_each_decides_and_no_two_decide_alike() -> None:
    def decides(seed: str, who: str) -> list[int]:
        chance = plan.read({"TORTURE_SEED": seed}).chance(who)
        return [chance.randrange(1_000) for _ in range(5)]

    assert decides("7", "kills") == decides("7", "kills")
    assert decides("7", "kills") != decides("8", "kills")
    assert decides("7", "kills") != decides("7", "calls")


def test_a_seed_repeats_its_operations_and_its_faults() -> None:
    def planned(seed: str) -> tuple[list[operations.Operation], list[schedule.Fault]]:
        found = plan.read({"TORTURE_SEED": seed})
        done = operations.plan(found.chance("line 0"), 0, 6)
        wrong = schedule.plan(found.chance("faults"), found.faults, 3)
        return list(islice(done, 300)), list(islice(wrong, 300))

    assert planned("7") == planned("7")
    assert planned("7") != planned("8")


def test_every_kind_of_fault_comes_and_only_those_that_are_wanted() -> None:
    def kinds(names: str) -> set[str]:
        found = plan.read({"TORTURE_SEED": "7", "TORTURE_FAULTS": names})
        return {one.kind for one in islice(schedule.plan(found.chance("faults"), found.faults, 3), 300)}

    around = {"stripe", "receivers", "people"}  # who goes wrong by itself, and not by the schedule
    assert kinds("") == set(plan.FAULTS) - around
    assert kinds("disk,stripe") == {"disk"}
    assert kinds("people") == set()


def test_a_line_plans_every_operation_and_ends_only_holds_that_it_began() -> None:
    planned = list(islice(operations.plan(plan.read({"TORTURE_SEED": "7"}).chance("line 0"), 0, 6), 2_000))
    steps = [step for one in planned if isinstance(one, operations.Steps) for step in one.steps]
    assert {step.does for step in steps} == {"reserve", "renew", "capture", "release"}
    begun: dict[str, int] = {}
    for step in steps:
        assert step.slice == (1 if step.does == "reserve" else begun[step.key] + (step.does == "renew"))
        begun[step.key] = step.slice
    events = [event for one in planned if isinstance(one, operations.Report) for event in one.events]
    assert {event.meter for event in events} == set(operations.METERS)
    assert len({event.id for event in events}) < len(events)  # some are sent again
    reported = {event.id for event in events if event.corrects is None}
    assert {event.corrects for event in events if event.corrects} <= reported


@pytest.mark.parametrize(
    ("setting", "value"),
    [("TORTURE_SECONDS", "two minutes"), ("TORTURE_OPERATIONS", "-1"), ("TORTURE_FAULTS", "disk,earthquake")],
)
def test_what_is_no_number_or_no_fault_is_refused_by_name(setting: str, value: str) -> None:
    with pytest.raises(ToolError, match=setting):
        plan.read({setting: value})


def test_what_is_given_up_only_once_it_is_too_old_may_settle() -> None:
    """Also one that was begun while the database's clock was a minute ahead, and whose job has just failed, and one
    whose worker was killed at it."""
    sweep, clock, job = 60, 60, wait_after(PROMPT_TRIES) + stalled.GONE_AFTER_SECONDS + RECOVERY_SECONDS
    longest = max(RESEND_WITHIN, STALE_AFTER).total_seconds() + clock + sweep + job
    assert plan.read({}).settle_seconds >= longest
