"""Events: whose they may be, what tells two apart, and at which moment and quantity each is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.catalog import file
from app.billing.usage import events
from app.billing.usage.events import EARLY, LONGEST, Reported, Sender
from app.models.usage import NO_ONE
from config import ROOT
from tests.support.metering import NOW, an_event

GROWTH = file.load(ROOT / "catalog.toml").plan("growth")
TICK = timedelta(microseconds=1)
ORG_ID = uuid4()

names = st.text("a',) ", max_size=3)


def changed(**changes: Any) -> Reported:
    return msgspec.structs.replace(an_event(ORG_ID, call="c1"), **changes)


def field_of(event: Reported) -> str | None:
    refusal = events.problem_with_content(event, GROWTH)
    return refusal and refusal.field


class TestSender:
    def test_one_of_the_platform_may_report_for_any_organization(self) -> None:
        assert Sender(None, None).why_not_for(uuid4()) is None

    def test_one_of_an_organization_may_report_for_that_alone(self) -> None:
        sender = Sender(uuid4(), ORG_ID)
        assert sender.why_not_for(ORG_ID) is None
        assert sender.why_not_for(uuid4()) == "This token is for another organization."

    def test_an_unknown_one_may_report_for_none(self) -> None:
        assert "must be sent again" in (Sender(None, NO_ONE).why_not_for(ORG_ID) or "")


class TestTime:
    @pytest.mark.parametrize(
        ("when", "is_right"),
        [
            (NOW + EARLY, True),
            (NOW + EARLY + TICK, False),
            (NOW - timedelta(days=35), True),
            (NOW - timedelta(days=35) - TICK, False),
        ],
    )
    def test_both_ends_of_what_is_accepted_are_accepted(self, when: Any, is_right: bool) -> None:
        refusal = events.problem_with_time(changed(at=when), NOW, 35)
        assert (refusal is None) == is_right
        assert refusal is None or refusal.field == "time"

    def test_the_limit_is_named_in_days(self) -> None:
        refusal = events.problem_with_time(changed(at=NOW - timedelta(days=3)), NOW, 2)
        assert refusal is not None
        assert "more than 2 days ago" in refusal.reason


class TestContent:
    @pytest.mark.parametrize(
        ("quantity", "field"), [(-1, "quantity"), (0, None), (10_000, None), (10_001, "quantity")]
    )
    def test_a_meter_has_a_limit_of_its_own(self, quantity: int, field: str | None) -> None:
        assert field_of(changed(meter="sms", quantity=quantity)) == field

    def test_a_meter_that_the_plan_has_not_is_named_but_not_at_any_length(self) -> None:
        refusal = events.problem_with_content(changed(meter="x" * 500), GROWTH)
        assert refusal is not None
        assert (refusal.field, len(refusal.reason) < 120) == ("meter", True)

    @pytest.mark.parametrize("name", ["id", "source", "call", "campaign", "agent", "number", "hold"])
    def test_every_name_is_held_to_what_can_be_stored(self, name: str) -> None:
        for right in ("x", "x" * LONGEST, "ü" * LONGEST):
            assert field_of(changed(**{name: right})) is None
        for wrong in ("", "x" * (LONGEST + 1), "a\0b", "\udc00"):
            assert field_of(changed(**{name: wrong})) == name

    @pytest.mark.parametrize("corrects", [("", "e0"), ("platform", ""), ("platform", "x" * (LONGEST + 1))])
    def test_what_is_corrected_is_held_to_the_same(self, corrects: tuple[str, str]) -> None:
        assert field_of(changed(corrects=("platform", "e0"))) is None
        assert field_of(changed(corrects=corrects)) == "corrects"


class TestDigest:
    @pytest.mark.parametrize(
        "changes",
        [
            {"meter": "tokens_in"},
            {"quantity": 61},
            {"at": NOW + TICK},
            {"call": None},
            {"call": ""},
            {"campaign": "c1", "call": None},
            {"agent": "c1", "call": None},
            {"number": "c1", "call": None},
            {"hold": "h"},
            {"corrects": ("platform", "e0")},
        ],
    )
    def test_any_other_content_has_another_one(self, changes: dict[str, Any]) -> None:
        assert changed(**changes).digest() != changed().digest()

    @pytest.mark.parametrize(
        "changes", [{"index": 7}, {"id": "e2"}, {"source": "elsewhere"}, {"org_id": NO_ONE}]
    )
    def test_the_key_and_the_place_are_no_part_of_it(self, changes: dict[str, Any]) -> None:
        assert changed(**changes).digest() == changed().digest()
        assert (changed(**changes).key == changed().key) == ("index" in changes)

    @given(
        one=st.tuples(names, names),
        other=st.tuples(names, names),
    )
    def test_names_never_run_into_each_other(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        first, second = (changed(call=call, campaign=campaign).digest() for call, campaign in (one, other))
        assert (first == second) == (one == other)
