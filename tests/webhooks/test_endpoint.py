"""The webhook endpoint: what is Stripe's is stored once and answered immediately, all else is refused in words."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from app.extensions import db
from app.models import EventState, StripeEvent
from app.webhooks.endpoint import MAX_BODY
from config import Settings
from tests.support.database import inside
from tests.support.events import an_event, row_of, send, stored
from tests.support.sandbox import WEBHOOK_SECRET

NEW_SECRET = "whsec_that_comes_next"


def rows() -> int:
    db.session.rollback()
    return db.session.query(StripeEvent).count()


def jobs_queued() -> int:
    db.session.rollback()
    query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'handle_stripe_event'"
    return int(db.session.scalar(text(query)) or 0)


def test_an_event_is_stored_with_what_it_is_and_gets_a_job(client: FlaskClient) -> None:
    event = an_event(api_version="2019-12-03")
    answer = send(client, event)
    assert (answer.status_code, answer.json) == (200, {"status": "stored"})
    row = row_of(event["id"])
    assert (row.state, row.object_id, row.attempts) == (EventState.RECEIVED, "pi_test", 0)
    assert (row.api_version, row.livemode) == ("2019-12-03", False)
    assert jobs_queued() == 1


def test_the_same_event_twice_is_known_and_gets_no_second_job(client: FlaskClient) -> None:
    event = an_event()
    assert [send(client, event).json for _ in range(2)] == [{"status": "stored"}, {"status": "known"}]
    assert (rows(), jobs_queued()) == (1, 1)


def test_the_same_event_many_times_at_the_same_moment_is_stored_once(app: Flask) -> None:
    event = an_event()
    with ThreadPoolExecutor(6) as deliveries:
        answers = list(deliveries.map(lambda _: send(app.test_client(), event), range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert sorted(answer.json["status"] for answer in answers if answer.json) == ["known"] * 5 + ["stored"]
    assert (rows(), jobs_queued()) == (1, 1)


def test_an_unknown_kind_is_stored_and_ignored_without_a_job(client: FlaskClient) -> None:
    event = an_event("customer.subscription.trial_will_end", "sub_test")
    assert send(client, event).status_code == 200
    row = row_of(event["id"])
    assert (row.state, row.note) == (EventState.IGNORED, "This event type isn't used here.")
    assert jobs_queued() == 0


def test_an_object_without_an_id_is_no_error(client: FlaskClient) -> None:
    event = an_event("balance.available", None)
    assert send(client, event).status_code == 200
    assert row_of(event["id"]).object_id is None


def test_live_money_is_never_handled_with_a_test_key(client: FlaskClient) -> None:
    event = an_event(livemode=True)
    assert send(client, event).status_code == 200
    row = row_of(event["id"])
    assert row.state is EventState.IGNORED
    assert row.note == "Of Stripe's live mode, but STRIPE_SECRET_KEY is a test key."
    assert jobs_queued() == 0


class TestSecrets:
    """Two at the same time while one is changed."""

    @pytest.fixture
    def rotating(self, app: Flask, settings: Settings, database_url: str) -> Iterator[FlaskClient]:
        """The endpoint while its secret is being changed."""
        environment = {
            "APP_ENV": "test",
            "DATABASE_URL": database_url,
            "STRIPE_API_BASE": settings.stripe_api_base,
            "STRIPE_WEBHOOK_SECRET": f"{NEW_SECRET} {WEBHOOK_SECRET}",
            "LOG_LEVEL": "CRITICAL",
        }
        other = create_app(Settings.from_environment(environment))
        yield other.test_client()
        with inside(other):
            db.engine.dispose()

    @pytest.mark.parametrize(
        "secrets",
        [
            pytest.param((WEBHOOK_SECRET,), id="the old one"),
            pytest.param((NEW_SECRET,), id="the new one"),
            pytest.param(("whsec_rolled", NEW_SECRET), id="two of Stripe's, one known"),
        ],
    )
    def test_both_are_taken(self, rotating: FlaskClient, secrets: tuple[str, ...]) -> None:
        assert send(rotating, an_event(), secrets=secrets).status_code == 200

    def test_no_other_is(self, rotating: FlaskClient) -> None:
        assert send(rotating, an_event(), secrets=("whsec_of_someone",)).status_code == 400

    def test_the_one_that_was_given_up_is_not_taken_any_more(self, client: FlaskClient) -> None:
        answer = send(client, an_event(), secrets=(NEW_SECRET,))
        assert answer.status_code == 400
        assert "matches none of the webhook secrets" in answer.text
        assert rows() == 0


class TestClocks:
    """A signature is of now, give or take five minutes."""

    @pytest.mark.parametrize("off", [-290, 290])
    def test_clocks_a_little_apart_are_no_matter(self, client: FlaskClient, off: int) -> None:
        assert send(client, an_event(), off=off).status_code == 200

    @pytest.mark.parametrize(("off", "words"), [(-900, "behind"), (900, "ahead of")])
    def test_clocks_far_apart_are_named_as_the_reason(
        self, client: FlaskClient, caplog: pytest.LogCaptureFixture, off: int, words: str
    ) -> None:
        caplog.set_level(logging.WARNING, logger="billing.webhooks")
        answer = send(client, an_event(), off=off)
        assert answer.status_code == 400
        assert f"seconds {words} this server's clock; 300 are allowed" in answer.text
        assert "webhook secrets" not in answer.text
        assert any(f"{words} this server's clock" in record.getMessage() for record in caplog.records)
        assert rows() == 0


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=,v1=",
        "v1=abc",
        "t=1732500000",
        "t=now,v1=abc",
        "t=٣,v1=abc",
        f"t={'9' * 400},v1=abc",
        "\x00",
        "t=1,v0=abc",
    ],
)
def test_a_header_that_is_no_signature_is_refused(client: FlaskClient, header: str) -> None:
    answer = client.post(
        "/webhooks/stripe", data=b"{}", headers={"Stripe-Signature": header.encode().decode("latin-1")}
    )
    assert answer.status_code == 400
    assert answer.json and answer.json["error"]


def test_a_header_with_a_wrong_signature_is_refused(client: FlaskClient) -> None:
    headers = {"Stripe-Signature": f"t={int(time.time())},v1={'0' * 64}"}
    answer = client.post("/webhooks/stripe", data=b"\xff\xfe not even text", headers=headers)
    assert answer.status_code == 400
    assert rows() == 0


class TestSize:
    """Stripe's events may be large; garbage is refused without being read."""

    def test_a_signed_event_of_more_than_a_megabyte_is_stored(self, client: FlaskClient) -> None:
        event = an_event()
        event["data"]["object"]["lines"] = "x" * 1_300_000
        assert send(client, event).status_code == 200
        assert stored(event["id"])

    def test_one_beyond_the_limit_is_not(self, client: FlaskClient) -> None:
        event = an_event()
        event["data"]["object"]["lines"] = "x" * MAX_BODY
        answer = send(client, event)
        assert answer.status_code == 413
        assert str(MAX_BODY) in answer.text
        assert rows() == 0

    @pytest.mark.parametrize(("size", "status"), [(1_300_000, 200), (MAX_BODY, 413)])
    def test_a_body_that_comes_in_chunks_has_the_same_limit(
        self, client: FlaskClient, size: int, status: int
    ) -> None:
        event = an_event()
        event["data"]["object"]["lines"] = "x" * size
        body = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(body, WEBHOOK_SECRET)
        environ = {"wsgi.input": BytesIO(body.encode()), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
        answer = client.post(
            "/webhooks/stripe", headers={"Stripe-Signature": header}, environ_overrides=environ
        )
        assert answer.status_code == status
        assert rows() == (1 if status == 200 else 0)

    def test_garbage_without_a_signature_is_not_even_read(self, client: FlaskClient) -> None:
        body = _Unreadable()
        environ = {"wsgi.input": body, "CONTENT_LENGTH": str(10**12)}
        answer = client.post("/webhooks/stripe", environ_overrides=environ)
        assert answer.status_code == 400
        assert not body.was_read

    def test_forms_elsewhere_keep_their_own_limit(self, app: Flask) -> None:
        assert app.config["MAX_CONTENT_LENGTH"] == 256 * 1024


class _Unreadable:
    was_read = False

    def read(self, *_: Any) -> bytes:
        self.was_read = True
        return b""

    readline = read


def _without(name: str) -> dict[str, Any]:
    event = an_event()
    del event[name]
    return event


NO_EVENTS: dict[str, Any] = {
    "nothing": "",
    "no JSON": "{",
    "a list": [],
    "a number": 7,
    "null": None,
    "a string": '"evt_1"',
    "deep nesting": "[" * 100_000,
    "a number without end": '{"id": ' + "1" * 5_000 + "}",
    "no fields": {},
    **{f"no {name}": _without(name) for name in ("id", "type", "created", "data", "livemode")},
    "an id that is null": an_event(id=None),
    "an id that is a number": an_event(id=7),
    "an empty id": an_event(id=""),
    "a NUL in its id": an_event(id="evt_\x00"),
    "half a character in its id": '{"id": "evt_\\ud800"}',
    "an endless id": an_event(id="evt_" + "x" * 300),
    "a type that is a list": an_event(type=["payment_intent.succeeded"]),
    "a NUL in its type": an_event(type="payment_intent.\x00"),
    "an endless type": an_event(type="x" * 200),
    "no object": an_event(data={}),
    "an object that is null": an_event(data={"object": None}),
    "an object that is a list": an_event(data={"object": []}),
    "data that is a list": an_event(data=[]),
    "an object whose id is a number": an_event(object_id=7),
    "a NUL in its object's id": an_event(object_id="pi_\x00"),
    "a created long ago": an_event(created=-1),
    "a created in the far future": an_event(created=10**18),
    "a created beyond all numbers": an_event(created=10**400),
    "a created that is text": an_event(created="now"),
    "a created that is true": an_event(created=True),
    "a created that is no number": '{"id": "evt_1", "type": "a.b", "created": NaN}',
    "a livemode that is text": an_event(livemode="false"),
}


@pytest.mark.parametrize("body", NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_signed_but_no_event_is_refused_in_words(client: FlaskClient, body: Any) -> None:
    answer = send(client, body if isinstance(body, str) else json.dumps(body))
    assert answer.status_code == 400
    assert answer.json
    assert str(answer.json["error"]).endswith(".")
    assert rows() == 0


def test_a_version_that_is_no_text_is_let_go(client: FlaskClient) -> None:
    event = an_event(api_version=["2019"])
    assert send(client, event).status_code == 200
    assert row_of(event["id"]).api_version is None


def test_it_is_only_posted_to(client: FlaskClient) -> None:
    assert client.get("/webhooks/stripe").status_code == 405
