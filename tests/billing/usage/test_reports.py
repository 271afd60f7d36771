"""Reports as they come: what can't be read or taken is named and kept, and can be taken once the reason is gone."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.usage import reports
from app.billing.usage.events import Sender
from app.billing.usage.ingest import Receipt
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import RejectedEvent, UsageEvent
from app.models.usage import NO_ONE
from tests.factories import an_organization
from tests.support.metering import a_cloudevent


def take(*events: Any, only: UUID | None = None) -> Receipt:
    raw = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
    receipt = reports.ingest_batch(dict(enumerate(raw)), Sender(uuid7(), only), at=utc_now())
    db.session.commit()
    return receipt


def rejected() -> list[RejectedEvent]:
    return list(db.session.scalars(db.select(RejectedEvent).order_by(RejectedEvent.id)))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("data.quantity", {"data": {"quantity": "60"}}),
        ("data.quantity", {"data": {"quantity": -1}}),
        ("data.quantity", {"data": {"quantity": 1.5}}),
        ("data.organization", {"data": {"organization": "harbor"}}),
        ("data", {"data": {"minutes": 5}}),
        ("time", {"time": "2026-11-24T09:31:12"}),
        ("time", {"time": "yesterday"}),
        ("id", {"id": ""}),
        ("source", {"source": "x" * 256}),
        ("type", {"type": "something.else"}),
        ("specversion", {"specversion": "0.3"}),
        ("id", {"id": "a\0b"}),
        ("meter", {"data": {"meter": "carrier_pigeons"}}),
    ],
)
def test_one_bad_event_is_named_and_kept_and_the_others_are_taken(
    app: Flask, field: str, changes: dict[str, Any]
) -> None:
    organization = an_organization(credit="10")
    bad = a_cloudevent(organization, **({"id": "bad"} | changes))
    receipt = take(a_cloudevent(organization, "a"), bad, a_cloudevent(organization, "b"))
    assert (receipt.accepted, [(one.index, one.field) for one in receipt.refused]) == (2, [(1, field)])
    assert receipt.refused[0].reason
    assert [(row.field, row.replayed_at) for row in rejected()] == [(field, None)]


@pytest.mark.parametrize("raw", [b"null", b"5", b'{"id": 1e400}', b"[" * 10_000, b'{"id": "\xff"}', b""])
def test_what_is_no_event_at_all_is_kept_as_far_as_it_goes(app: Flask, raw: bytes) -> None:
    organization = an_organization(credit="10")
    receipt = take(a_cloudevent(organization), raw)
    assert (receipt.accepted, len(receipt.refused)) == (1, 1)
    assert rejected()[0].org_id == NO_ONE


def test_a_token_of_one_organization_reports_for_no_other(app: Flask) -> None:
    one, other = an_organization(credit="10"), an_organization(credit="10")
    receipt = take(a_cloudevent(one), a_cloudevent(other), only=one.id)
    assert (receipt.accepted, receipt.refused[0].field) == (1, "data.organization")
    assert db.session.scalars(db.select(UsageEvent.org_id)).all() == [one.id]


def test_refused_events_are_listed_and_taken_once_the_reason_is_gone(app: Flask) -> None:
    org_id = uuid4()
    take(a_cloudevent(org_id, "early"), a_cloudevent(an_organization(credit="10"), data={"quantity": -1}))
    runner = app.test_cli_runner()
    listed = runner.invoke(args=["usage", "rejected"]).output
    assert "platform early  organization: There is no organization with this id." in listed
    organization = an_organization(credit="10")
    db.session.execute(
        db.text(
            "UPDATE rejected_event SET body = jsonb_set(body, '{data,organization}', to_jsonb(CAST(:id AS "
            "text)))"
        ),
        {"id": str(organization.id)},
    )
    db.session.commit()
    result = runner.invoke(args=["usage", "replay", "--all"])
    assert "1 accepted, 1 still rejected." in result.output
    assert "Expected `int` >= 0" in result.output
    assert db.session.scalars(db.select(UsageEvent.event_id)).all() == ["early"]
    early = next(one for one in rejected() if one.event_id == "early")
    named = runner.invoke(args=["usage", "replay", str(early.id)])
    assert "0 accepted, 0 still rejected." in named.output, "it was accepted already"
    assert "Give event ids" in runner.invoke(args=["usage", "replay"]).output
