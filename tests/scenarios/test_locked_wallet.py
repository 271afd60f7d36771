"""Something holds one organization's wallet for long: its own requests are told so, and no one else waits for it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.wallet import ledger, lock_queue, verification
from app.billing.wallet.lock_queue import AT_THE_SAME_TIME
from tests.factories import a_card, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.database import inside
from tests.support.locking import wallet_locked
from tests.support.metering import a_cloudevent
from tests.support.platform import Platform, is_problem
from tests.support.topping_up import begin

BATCH = "application/cloudevents-batch+json"


@pytest.fixture
def platform(app: Flask) -> Platform:
    return Platform(app)


def _report(platform: Platform, *events: object) -> TestResponse:
    return platform.open("POST", "/usage", data=json.dumps(events), content_type=BATCH)


def _hold(platform: Platform, org_id: UUID, key: str = "call-1") -> TestResponse:
    wanted = {"key": key, "usage": [{"meter": "calls_outbound", "quantity": 60}], "lease_seconds": 60}
    return platform.open("POST", f"/organizations/{org_id}/holds", json=wanted)


def test_a_hold_for_a_locked_wallet_is_503_and_can_be_sent_again(platform: Platform) -> None:
    organization = an_organization(credit="10")
    with wallet_locked(organization.id):
        answer = _hold(platform, organization.id)
        assert is_problem(answer, "unavailable", 503)
        assert answer.headers["Retry-After"] == "2"
        assert platform.open("GET", f"/organizations/{organization.id}/status").status_code == 200
    assert _hold(platform, organization.id).status_code == 200


def test_a_batch_takes_the_events_of_others_and_asks_for_the_rest_again(platform: Platform) -> None:
    """And each is counted once, though all were sent twice."""
    locked, free = an_organization("Locked", credit="10"), an_organization("Free", credit="10")
    batch = [a_cloudevent(one, f"e-{one.name}") for one in (locked, free)]
    with wallet_locked(locked.id):
        answer = _report(platform, *batch)
        assert is_problem(answer, "unavailable", 503)
        assert (answer.json["accepted"], answer.json["busy"]) == (1, [str(locked.id)])
        assert is_problem(_report(platform, batch[0]), "unavailable", 503)
    assert _report(platform, *batch).json == {"accepted": 1, "duplicates": 1, "refused": []}
    assert verification.check() == []


def test_a_page_says_so_and_leads_back_to_where_it_can_be_sent_again(app: Flask, visitor: Visitor) -> None:
    organization = an_organization("Harbor Dental", credit="10")
    card = a_card(organization)
    visitor.begin_session(a_person(organization=organization).email)
    top_up = begin(organization, card)
    address = f"/billing/wallet/top-ups/{top_up}"
    with wallet_locked(organization.id):
        answer = visitor.post(f"{address}/payments", {"card": str(card.id)})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert "Nothing you entered is lost" in text_of(answer)
        # Which payment that would be is on its own page alone.
        assert f'href="/billing/wallet/top-ups/{top_up}?org={organization.slug}">Open the page' in answer.text
        assert visitor.get("/billing/wallet").status_code == 200
        assert visitor.get(address).status_code == 200


def test_what_was_typed_into_a_form_can_be_sent_again(visitor: Visitor) -> None:
    organization = an_organization("Harbor Dental", credit="10")
    visitor.begin_session(a_person(organization=organization).email)
    typed = {"legal_name": "Harbor Dental LLC", "version": "0"}
    with wallet_locked(organization.id):
        answer = visitor.post("/billing/details", typed)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert 'value="Harbor Dental LLC"' in answer.text
        assert "Send again" in text_of(answer)


def test_few_threads_wait_for_one_wallet_and_the_others_are_told_immediately(
    app: Flask, platform: Platform
) -> None:
    """Of thirty at the same time, all are answered within a few patiences: waiting one after the other they would take thirty."""
    locked, free = an_organization("Locked", credit="10"), an_organization("Free", credit="10")
    most = []

    def ask(number: int) -> int:
        answer = _hold(platform, locked.id, f"call-{number}").status_code
        most.append(len(lock_queue._waiting.get(locked.id, ())))
        return answer

    with wallet_locked(locked.id), ThreadPoolExecutor(30) as crowd:
        asked = [crowd.submit(ask, number) for number in range(30)]
        assert _hold(platform, free.id).status_code == 200
        assert {one.result() for one in asked} == {503}
    assert max(most) <= AT_THE_SAME_TIME
    assert lock_queue._waiting == {}
    assert _hold(platform, locked.id).status_code == 200


def test_a_job_waits_in_its_own_time(app: Flask) -> None:
    """Jobs have no one who waits for them: what is held for two seconds does not make them fail."""
    organization = an_organization(credit="10")
    with ThreadPoolExecutor(1) as worker, wallet_locked(organization.id):
        job = worker.submit(_lock_in_a_job, app, organization.id)
        with pytest.raises(TimeoutError):
            job.result(timeout=2)
    assert job.result(timeout=30) == organization.id


def _lock_in_a_job(app: Flask, org_id: UUID) -> UUID:
    with inside(app):
        return ledger.lock(org_id).org_id
