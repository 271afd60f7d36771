"""Plain requests are answered without Flask, and no one can tell: the same answers, headers, log lines and metrics."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from flask import Flask, request, request_started
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from app import metrics
from app.ids import uuid7
from app.models import Organization
from app.web.pools import REFUSED
from tests.factories import an_organization
from tests.support.platform import Platform, is_problem
from tests.support.statements import fast_statements

HOOKS = {
    "app.web.logs._begin",
    "app.web.request_traces._begin",
    "app.web.refusals._refuse",
    "app.web.hosts._refuse",
    "app.web.lock_timeouts.mark_impatient",
    "app.web.stripe_deadlines._set_deadline",
    "app.web.text_guard._refuse_unstorable",
    "flask_wtf.csrf.csrf_protect",
    "app.extensions._check_request_limit",
    "app.web.form_tokens._protect",
    "app.web.identity._keep_session_alive",
    "app.api.errors._reject_double_slashes",
    "app.web.compression._compress",
    "app.web.logs._end",
    "app.web.request_metrics._measure",
    "app.web.request_traces._note",
    "app.web.refusals._set_retry_after",
    "flask_login.login_manager._update_remember_cookie",
    "flask_limiter._extension.__inject_headers",
    "app.web.rate_limits.add_headers",
    "app.web.languages._tell_caches",
    "app.web.security.add",
    "app.web.parts._vary",
    "app.api.limits.add_headers",
    "app.api.endpoints._no_page",
    "app.api.hold_metrics.count_answer",
    "app.web.request_traces._end",
    "app.web.stripe_deadlines._clear",
    "flask_limiter._extension.__release_context",
}
"""What Flask does around requests to the API. `app.api.direct` does the same, or nothing of it is about a plain one."""

HOLD = {"usage": [{"meter": "tokens_in", "quantity": 1_000}], "lease_seconds": 3600}
VARYING = {"X-Request-Id", "RateLimit", "Date"}


@contextmanager
def seen_by_flask() -> Iterator[list[str]]:
    """The paths of the requests that Flask serves meanwhile."""
    paths: list[str] = []

    def note(app: Flask, **_: Any) -> None:
        paths.append(request.path)

    with request_started.connected_to(note):
        yield paths


@contextmanager
def without_direct(app: Flask) -> Iterator[None]:
    """Let Flask serve everything."""
    direct = app.extensions.pop("api_direct")
    try:
        yield
    finally:
        app.extensions["api_direct"] = direct


@pytest.fixture
def organization() -> Organization:
    return an_organization(credit="10")


@pytest.fixture
def known(platform: Platform, organization: Organization) -> Platform:
    """A platform whose token is known to be genuine."""
    assert platform.get(f"/organizations/{organization.id}/status").status_code == 200
    return platform


def asks(platform: Platform, organization: Organization) -> dict[str, Callable[[], TestResponse]]:
    """Requests that change nothing when they are repeated."""
    path = f"/organizations/{organization.id}"
    tag = platform.get(f"{path}/status").headers["ETag"]
    for key in ("renewed", "captured", "released"):
        platform.post(f"{path}/holds", HOLD | {"key": key})
    return {
        "status": lambda: platform.get(f"{path}/status"),
        "reserve": lambda: platform.post(f"{path}/holds", HOLD | {"key": "reserved"}),
        "renew": lambda: platform.post(f"{path}/holds/renewed/renewals", HOLD | {"slice": 2}),
        "capture": lambda: platform.post(f"{path}/holds/captured/capture", None),
        "release": lambda: platform.post(f"{path}/holds/released/release", None),
        "status with a tag": lambda: platform.get(f"{path}/status", headers={"If-None-Match": tag}),
    }


def test_answers_are_those_that_flask_gives(app: Flask, known: Platform, organization: Organization) -> None:
    for name, ask in asks(known, organization).items():
        ask()
        with seen_by_flask() as paths, capture_logs() as logged:
            answer = ask()
        assert paths == [], name
        with seen_by_flask() as paths, capture_logs() as as_usual, without_direct(app):
            wanted = ask()
        assert len(paths) == 1, name
        assert answer.status == wanted.status
        assert lines(logged) == lines(as_usual), name
        for head in (answer.headers, wanted.headers):
            assert all(head[one] for one in VARYING - {"Date"})
        ours, flasks = (
            {(one.lower(), value) for one, value in head if one not in VARYING}
            for head in (answer.headers, wanted.headers)
        )
        assert ours == flasks, name
        assert keys_of(answer) == keys_of(wanted), name


def lines(logged: list[Any]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in one.items() if name != "milliseconds"}
        for one in logged
        if one["event"] == "request"
    ]


def keys_of(answer: TestResponse) -> dict[str, Any] | None:
    """The body, without what depends on the moment."""
    if not answer.data:
        return None
    found: dict[str, Any] = answer.get_json()
    return {name: value for name, value in found.items() if not name.endswith(("_left", "_at", "version"))}


def test_they_are_counted_and_measured_once_each(known: Platform, organization: Organization) -> None:
    path = f"/organizations/{organization.id}/holds"
    labels = ("platform", f"/api/v1{path.replace(str(organization.id), '<uuid:org_id>')}", "api.reserve_hold")
    requests = metrics.REQUESTS.labels(*labels, "POST", "200")
    granted = metrics.HOLDS.labels("reserve", "granted")
    before = requests._value.get(), granted._value.get()
    with seen_by_flask() as paths:
        known.post(path, HOLD | {"key": "a"})
        known.post(path, HOLD | {"key": "b"})
    assert paths == []
    assert (requests._value.get(), granted._value.get()) == (before[0] + 2, before[1] + 2)


def test_the_id_of_a_request_is_kept_if_it_is_one(known: Platform, organization: Organization) -> None:
    path = f"/organizations/{organization.id}/status"
    given = {"a-trace.of_ours-1": True, "short": False, "with a space in it": False}
    for id_, is_kept in given.items():
        answer = known.get(path, headers={"X-Request-Id": id_})
        assert (answer.headers["X-Request-Id"] == id_) is is_kept


Left = Callable[[Platform, str], TestResponse]
BODY = msgspec.json.encode(HOLD | {"key": "a"})
JSON = "application/json"
LEFT: dict[str, tuple[Left, int]] = {
    "a query": (lambda one, path: one.get(f"{path}/status?campaign=Recall"), 200),
    "an unknown parameter": (lambda one, path: one.get(f"{path}/status?pigeons=1"), 400),
    "an id in capitals": (
        lambda one, path: one.get(f"/organizations/{path.rpartition('/')[2].upper()}/status"),
        200,
    ),
    "another method": (lambda one, path: one.open("HEAD", f"{path}/status"), 200),
    "a method that isn't there": (lambda one, path: one.open("DELETE", f"{path}/status"), 405),
    "another host": (
        lambda one, path: one.get(f"{path}/status", environ_overrides={"HTTP_HOST": "evil.example"}),
        400,
    ),
    "what the server refuses": (
        lambda one, path: one.get(f"{path}/status", environ_overrides={REFUSED: 503}),
        503,
    ),
    "no token": (lambda one, path: one.get(f"{path}/status", headers={"Authorization": ""}), 401),
    "an unknown token": (
        lambda one, path: one.get(f"{path}/status", headers={"Authorization": "Bearer vpb_x"}),
        401,
    ),
    "text": (
        lambda one, path: one.open("POST", f"{path}/holds", data=BODY, content_type="text/plain"),
        415,
    ),
    "a character set": (
        lambda one, path: one.open(
            "POST", f"{path}/holds", data=BODY, content_type=f"{JSON}; charset=latin-1"
        ),
        415,
    ),
    "gzip": (
        lambda one, path: one.open(
            "POST",
            f"{path}/holds",
            data=gzip.compress(BODY),
            content_type=JSON,
            headers={"Content-Encoding": "gzip"},
        ),
        200,
    ),
    "no body": (lambda one, path: one.open("POST", f"{path}/holds", data=b"", content_type=JSON), 400),
    "blanks": (lambda one, path: one.open("POST", f"{path}/holds", data=b"  ", content_type=JSON), 400),
    "half a body": (
        lambda one, path: one.open("POST", f"{path}/holds", data=BODY[:9], content_type=JSON),
        400,
    ),
    "less than announced": (
        lambda one, path: one.open(
            "POST",
            f"{path}/holds",
            data=BODY,
            content_type=JSON,
            environ_overrides={"CONTENT_LENGTH": str(len(BODY) + 5)},
        ),
        400,
    ),
    "too much": (
        lambda one, path: one.open("POST", f"{path}/holds", data=b" " * 300_000, content_type=JSON),
        413,
    ),
    "an unknown field": (lambda one, path: one.post(f"{path}/holds", HOLD | {"key": "a", "x": 1}), 422),
    "a key with a slash": (lambda one, path: one.post(f"{path}/holds/a%2Fb/capture", None), 404),
    "a key that can't be stored": (lambda one, path: one.post(f"{path}/holds/a%00b/capture", None), 400),
}


@pytest.mark.parametrize("what", LEFT)
def test_what_is_not_plain_is_left_to_flask(known: Platform, organization: Organization, what: str) -> None:
    ask, status = LEFT[what]
    with seen_by_flask() as paths:
        answer = ask(known, f"/organizations/{organization.id}")
    assert answer.status_code == status
    assert len(paths) == 1


def test_a_refusal_is_tried_once_counted_once_and_said_by_flask(
    known: Platform, organization: Organization
) -> None:
    path = f"/organizations/{organization.id}"
    known.post(f"{path}/holds", HOLD | {"key": "a"})
    left = remaining(known.get(f"{path}/status"))
    much = HOLD | {"key": "b", "usage": [{"meter": "tokens_in", "quantity": 10**9}]}
    with seen_by_flask() as paths, fast_statements() as sent:
        answer = known.post(f"{path}/holds", much)
    assert is_problem(answer, "not-enough-credit", answer.status_code)
    assert len(paths) == 1
    assert len([one for one in sent if "FOR UPDATE" in one]) == 1
    assert remaining(answer) == left - 1


def test_what_the_careful_way_decides_is_counted_once(known: Platform, organization: Organization) -> None:
    path = f"/organizations/{organization.id}"
    left = remaining(known.get(f"{path}/status"))
    with seen_by_flask() as paths:
        answer = known.post(f"{path}/holds/{uuid7()}/capture", None)
    assert is_problem(answer, "not-found", 404)
    assert len(paths) == 1
    assert remaining(answer) == left - 1


def remaining(answer: TestResponse) -> int:
    return int(answer.headers["RateLimit"].partition("r=")[2].partition(";")[0])


def test_whatever_is_done_around_requests_is_known(app: Flask) -> None:
    around: list[Any] = [app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs]
    found = {name_of(one) for hooks in around for of in (None, "api") for one in hooks.get(of, [])}
    assert found == HOOKS, "a plain request is answered without it: does app.api.direct have to do that, too?"


def name_of(hook: Any) -> str:
    one = getattr(hook, "func", hook)
    return f"{one.__module__}.{one.__name__}"
