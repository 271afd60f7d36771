"""`flask webhooks`: what could not be handled, in readable columns, and handling it again."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.models import EventState, StripeEvent
from tests.support.events import an_event, row_of, send


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["webhooks", *words])


@pytest.fixture
def events(app: Flask) -> dict[EventState, str]:
    """One event in each state."""
    made = {}
    for state in EventState:
        event = an_event("refund.created", f"re_{state.value}")
        send(app.test_client(), event)
        change = {"state": state, "note": f"because\nof {state.value}", "attempts": 3}
        db.session.execute(update(StripeEvent).where(StripeEvent.id == event["id"]).values(change))
        made[state] = event["id"]
    db.session.commit()
    return made


def test_failed_ones_are_listed_with_what_someone_needs_to_know(
    app: Flask, events: dict[EventState, str]
) -> None:
    shown = run(app, "list", "--failed").output
    headings, *rows = shown.splitlines()
    assert headings.split()[:3] == ["EVENT", "TYPE", "OBJECT"]
    assert len(rows) == 2
    for state in (EventState.FAILED, EventState.REFUSED):
        row = next(row for row in rows if row.startswith(events[state]))
        for part in ("refund.created", f"re_{state.value}", state.value, "3", f"because of {state.value}"):
            assert part in row


def test_any_states_can_be_listed(app: Flask, events: dict[EventState, str]) -> None:
    shown = run(app, "list", "--state", "handled", "--state", "ignored").output
    assert events[EventState.HANDLED] in shown
    assert events[EventState.IGNORED] in shown
    assert events[EventState.FAILED] not in shown
    assert len(run(app, "list").output.splitlines()) == 1 + len(EventState)
    assert "--limit shows more" in run(app, "list", "--limit", "2").output


def test_nothing_to_list_is_said(app: Flask) -> None:
    assert run(app, "list", "--failed").output == "No failed events.\n"
    assert run(app, "list").output == "No such events.\n"


def test_named_events_and_all_failed_ones_are_replayed(app: Flask, events: dict[EventState, str]) -> None:
    assert run(app, "replay", events[EventState.REFUSED]).exit_code == 0
    replayed = run(app, "replay", "--all-failed")
    assert replayed.output.startswith("1 queued to be handled again")
    for state in (EventState.REFUSED, EventState.FAILED):
        assert row_of(events[state]).state is EventState.RECEIVED
    assert row_of(events[EventState.HANDLED]).state is EventState.HANDLED


def test_mistakes_are_said_with_what_would_be_right(app: Flask, events: dict[EventState, str]) -> None:
    unknown = run(app, "replay", events[EventState.FAILED], "evt_unknown")
    assert unknown.exit_code == 1
    assert "No event evt_unknown" in unknown.output
    assert row_of(events[EventState.FAILED]).state is EventState.FAILED, "all or none"
    assert "Give event ids" in run(app, "replay").output
    assert "Give event ids" in run(app, "replay", "evt_1", "--all-failed").output
