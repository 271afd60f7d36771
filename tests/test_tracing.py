"""One trace from a request through its statements to Stripe and the job that it enqueued; nothing where it is off."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask import Flask
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import tracing
from app.extensions import db
from app.payments import account
from tests.api.test_holds import reserve
from tests.factories import an_organization
from tests.support.browsing import Visitor
from tests.support.events import an_event
from tests.support.platform import Platform
from tests.support.sandbox import Sandbox, deliver, work_through

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with tracing.using(provider.get_tracer("tests")):
        yield exporter


def trace_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def test_a_request_has_its_statements_and_belongs_to_the_trace_it_came_with(
    app: Flask, visitor: Visitor, spans: InMemorySpanExporter
) -> None:
    visitor.get("/readyz")
    assert not [span for span in spans.get_finished_spans() if span.name.startswith("GET")], (
        "monitoring isn't traced"
    )
    spans.clear()
    app.test_client().get("/sign-in", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    found = {span.name: span for span in spans.get_finished_spans()}
    request = found["GET /sign-in"]
    assert trace_of(request) == TRACE
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["billing.request_id"]


def test_a_hold_is_two_messages_within_its_request(app: Flask, spans: InMemorySpanExporter) -> None:
    platform, organization = Platform(app), an_organization(credit="10")
    # The first is served the careful way, because its token isn't known, and the second reads the plan.
    for key in ("call-1", "call-2"):
        reserve(platform, organization, key)
    spans.clear()
    reserve(platform, organization, "call-3")
    found = spans.get_finished_spans()
    [request] = [span for span in found if span.name.startswith("POST")]
    messages = [span for span in found if span.name == "message"]
    assert len(messages) == 2
    assert {trace_of(span) for span in messages} == {trace_of(request)}
    assert str(organization.id) not in str([span.to_json() for span in found])


def test_the_trace_goes_from_a_webhook_through_its_job_to_stripe(
    app: Flask, sandbox: Sandbox, spans: InMemorySpanExporter
) -> None:
    sandbox.stripe.v1.customers.create({"name": "Grace"})
    assert deliver(app.test_client(), an_event("customer.updated", "cus_of_no_one")) == 200
    work_through(app)
    found = {span.name: span for span in spans.get_finished_spans()}
    request, job = found["POST /webhooks/stripe"], found["job handle_stripe_event"]
    assert trace_of(job) == trace_of(request)
    assert request.context is not None and job.parent is not None
    assert job.parent.span_id == request.context.span_id
    statements = [span for span in spans.get_finished_spans() if span.name in {"SELECT", "UPDATE", "INSERT"}]
    assert trace_of(request) in {trace_of(span) for span in statements}


def test_a_request_to_stripe_is_a_span_with_its_id_there(
    app: Flask, sandbox: Sandbox, spans: InMemorySpanExporter
) -> None:
    account.answered_version()
    [span] = [span for span in spans.get_finished_spans() if span.name.startswith("Stripe")]
    assert span.name == "Stripe GET /v1/events"
    assert span.attributes is not None and span.attributes["http.response.status_code"] == 200


def test_a_statement_that_fails_ends_its_span_without_what_was_in_it(
    app: Flask, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(DBAPIError):
        db.session.execute(text("SELECT CAST(:secret AS int)"), {"secret": "s3cret-word"})
    db.session.rollback()
    [span] = spans.get_finished_spans()
    assert span.attributes is not None and span.attributes["error.type"] == "InvalidTextRepresentation"
    assert "s3cret-word" not in span.to_json()


def test_off_nothing_is_added_to_jobs(app: Flask) -> None:
    assert not tracing.is_on()
    assert tracing.carried() is None
    with tracing.span("anything") as span:
        tracing.note(span, some__thing=1)
    assert span is None


def test_what_was_set_is_sent_to_the_collector() -> None:
    taken: list[str] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            taken.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tracing.using(None):
        tracing.set_up(f"http://127.0.0.1:{server.server_address[1]}", environment="test")
        with tracing.span("anything"):
            carried = tracing.carried()
        tracing.flush()
    server.shutdown()
    server.server_close()
    assert taken == ["/v1/traces"]
    assert carried and json.dumps(carried)
