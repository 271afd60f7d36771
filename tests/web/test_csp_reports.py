"""What browsers report about the policy: a line in the log each, with nothing in it that could be secret."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from app.web import csp_reports, violations
from tests.support.browsing import Visitor

SECRET = "seti_1_secret_hunter2"
OLD = {
    "document-uri": f"http://localhost/billing/payment-methods?setup_intent_client_secret={SECRET}",
    "referrer": f"http://localhost/?{SECRET}",
    "violated-directive": "script-src-elem",
    "effective-directive": "script-src-elem",
    "original-policy": "default-src 'none'",
    "disposition": "enforce",
    "blocked-uri": "https://evil.example/x.js?key=hunter2#hunter2",
    "source-file": "http://localhost/static/0123456789ab/js/processor.js",
    "line-number": 12,
    "status-code": 200,
    "script-sample": "hunter2",
}
NEW = {
    "documentURL": f"http://localhost/set-password/{SECRET}",
    "blockedURL": "trusted-types-sink",
    "effectiveDirective": "require-trusted-types-for",
    "originalPolicy": "default-src 'none'",
    "disposition": "enforce",
    "sample": "Element innerHTML|<p>hunter2",
    "sourceFile": "https://js.stripe.com/endive/stripe.js?hunter2",
    "lineNumber": 1,
    "statusCode": 200,
}


class Reporter:
    """A browser that reports, and the log that it comes to."""

    def __init__(self, visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
        self._visitor = visitor
        self._caplog = caplog

    def send(self, kind: str, content: Any) -> int:
        body = content if isinstance(content, str | bytes) else json.dumps(content)
        return self._visitor.client.post("/csp-reports", data=body, content_type=kind).status_code

    def old(self, **changes: Any) -> int:
        fields = OLD | {name.replace("_", "-"): value for name, value in changes.items()}
        return self.send("application/csp-report", {"csp-report": fields})

    def new(self, *reports: dict[str, Any]) -> int:
        sent = [
            {"type": "csp-violation", "age": 3, "url": "", "user_agent": "", "body": body} for body in reports
        ]
        return self.send("application/reports+json", sent)

    def lines(self, level: int = logging.WARNING) -> list[dict[str, Any]]:
        """What was logged, without what every line has."""
        every = {"level", "logger", "timestamp", "request_id", "event"}
        records = [record for record in self._caplog.records if record.name == "billing.csp"]
        found = [record.msg for record in records if record.levelno == level]
        assert "hunter2" not in str(found)
        return [{name: value for name, value in line.items() if name not in every} for line in found]


@pytest.fixture
def reporter(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> Reporter:
    caplog.set_level(logging.DEBUG, logger="billing.csp")
    return Reporter(visitor, caplog)


def test_a_report_of_the_old_kind_is_logged_once_without_what_is_secret_in_it(reporter: Reporter) -> None:
    assert reporter.old() == 204
    assert reporter.lines() == [
        {
            "directive": "script-src-elem",
            "blocked": "https://evil.example/x.js",
            "document": "/billing/payment-methods",
            "source": "js/processor.js:12",
            "disposition": "enforce",
        }
    ]


def test_reports_of_the_new_kind_come_several_at_a_time(reporter: Reporter) -> None:
    inline = {
        "documentURL": "http://localhost/billing",
        "blockedURL": "inline",
        "effectiveDirective": "style-src-attr",
    }
    assert reporter.new(NEW, inline) == 204
    assert reporter.lines() == [
        {
            "directive": "require-trusted-types-for",
            "blocked": "trusted-types-sink",
            "document": "/set-password/<token>",
            "source": "https://js.stripe.com/endive/stripe.js:1",
            "sink": "Element innerHTML",
            "disposition": "enforce",
        },
        {
            "directive": "style-src-attr",
            "blocked": "inline",
            "document": "/billing",
            "disposition": "enforce",
        },
    ]


def test_reports_of_other_kinds_are_passed_over(reporter: Reporter) -> None:
    other = {"type": "deprecation", "body": {"id": "something"}}
    violation = {"type": "csp-violation", "body": NEW}
    assert reporter.send("application/reports+json", [other, violation]) == 204
    assert len(reporter.lines()) == 1


def test_the_doing_of_peoples_extensions_is_no_warning(reporter: Reporter) -> None:
    for address in (
        "chrome-extension://abc/in.js",
        "moz-extension://abc/in.js",
        "safari-web-extension://a/b.js",
    ):
        assert reporter.old(blocked_uri=address) == 204
        assert reporter.old(source_file=address, blocked_uri="inline") == 204
    assert reporter.old(blocked_uri="chrome-extension") == 204
    assert reporter.lines() == []
    assert len(reporter.lines(logging.DEBUG)) == 7


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("data:text/javascript,hunter2", "data"),
        ("blob:http://localhost/hunter2", "blob"),
        ("http://localhost/set-password/hunter2", "/set-password/<token>"),
        ("http://localhost/nowhere/hunter2", "no page of ours"),
        ("http://hunter2:hunter2@localhost/billing", "/billing"),
        ("http://elsewhere.example:8080/a?hunter2", "http://elsewhere.example:8080/a"),
        ("http://[hunter2", "unreadable"),
        ("eval", "eval"),
    ],
)
def test_of_an_address_only_the_place_is_kept(reporter: Reporter, address: str, place: str) -> None:
    assert reporter.old(blocked_uri=address) == 204
    assert reporter.lines()[0]["blocked"] == place


def test_what_is_logged_is_cut_and_stays_on_its_line(reporter: Reporter) -> None:
    assert (
        reporter.old(
            effective_directive="a\nb\x1b[31m" + "c" * 9000, blocked_uri="https://a.example/\r\n" + "d" * 3000
        )
        == 204
    )
    [line] = reporter.lines()
    assert all(len(value) <= 210 and value.isprintable() for value in line.values())
    assert line["directive"].startswith("ab[31mcc")


def test_of_very_many_reports_the_first_are_read(reporter: Reporter) -> None:
    few = {"effectiveDirective": "img-src", "blockedURL": "inline"}
    assert reporter.new(*[few] * 80) == 204
    assert len(reporter.lines()) == violations.MOST


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/csp-report", b"not json"),
        ("application/csp-report", b"\xff\xfe"),
        ("application/csp-report", b"[]"),
        ("application/csp-report", b'{"csp-report": "text"}'),
        ("application/csp-report", b'{"csp-report": {"line-number": "12"}}'),
        ("application/reports+json", b"{}"),
        ("application/reports+json", b'[{"type": "csp-violation"}]'),
        ("application/reports+json", b'[{"type": "csp-violation", "body": {"effectiveDirective": 1}}]'),
        ("application/json", b"{}"),
        ("text/plain", b"hunter2"),
        ("", b""),
    ],
)
def test_garbage_is_refused_and_makes_no_noise(reporter: Reporter, kind: str, body: bytes) -> None:
    assert reporter.send(kind, body) == 400
    assert reporter.lines() == []
    assert len(reporter.lines(logging.DEBUG)) == 1


def test_what_is_too_long_is_not_read(reporter: Reporter) -> None:
    assert reporter.old(referrer="x" * csp_reports.LARGEST) == 413
    assert reporter.lines() == []


@pytest.mark.long
def test_a_storm_of_reports_is_turned_away(reporter: Reporter) -> None:
    statuses = [reporter.old() for _ in range(61)]
    assert statuses == [204] * 60 + [429]
    assert len(reporter.lines()) == 60


def test_a_report_needs_no_session_and_starts_none(visitor: Visitor) -> None:
    answer = visitor.client.post("/csp-reports", data="[]", content_type="application/reports+json")
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers
