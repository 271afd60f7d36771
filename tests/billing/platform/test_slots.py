"""Slots: an endpoint has so many and no more, of each kind, and gets each back however its use ends."""

from __future__ import annotations

from contextlib import ExitStack
from uuid import UUID, uuid4

import pytest

from app.billing.platform import slots
from app.queues import SLOTS, Queue

KINDS = pytest.mark.parametrize("is_state", [True, False])


def take(stack: ExitStack, endpoint_id: UUID, number: int, *, is_state: bool) -> list[bool]:
    return [stack.enter_context(slots.slot(endpoint_id, is_state=is_state)) for _ in range(number)]


@KINDS
def test_one_more_than_there_are_is_refused_and_takes_none(is_state: bool) -> None:
    endpoint_id, most = uuid4(), slots.MOST[is_state]
    with ExitStack() as stack:
        assert take(stack, endpoint_id, most, is_state=is_state) == [True] * most
        for _ in range(3):
            with slots.slot(endpoint_id, is_state=is_state) as got:
                assert not got
    with slots.slot(endpoint_id, is_state=is_state) as got:
        assert got


@KINDS
def test_a_slow_endpoint_leaves_slots_to_others_and_to_the_other_kind(is_state: bool) -> None:
    with ExitStack() as stack:
        endpoint_id = uuid4()
        take(stack, endpoint_id, slots.MOST[is_state], is_state=is_state)
        assert take(stack, uuid4(), 1, is_state=is_state) == [True]
        assert take(stack, endpoint_id, 1, is_state=not is_state) == [True]


@KINDS
def test_a_slot_is_free_again_also_after_an_error(is_state: bool) -> None:
    endpoint_id = uuid4()
    for _ in range(slots.MOST[is_state] + 1):
        with pytest.raises(KeyError), slots.slot(endpoint_id, is_state=is_state) as got:
            assert got
            raise KeyError
    assert endpoint_id not in {key for key, _ in slots._taken}, "nothing is remembered of who has none"


def test_no_endpoint_may_have_all_the_slots_of_a_queue() -> None:
    assert 0 < slots.MOST[True] < SLOTS[Queue.CALLING]
    assert 0 < slots.MOST[False] < SLOTS[Queue.MESSAGES]
