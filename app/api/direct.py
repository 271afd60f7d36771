"""Plain requests of the fast path, answered without Flask around them: what is done for pages around each view was
half of a status, and a quarter of a hold.

Answered here is only what is plain as HTTP, too: a path and a host as they usually are, no query, a body of JSON as
it is, and a token that has requests left which this process has drawn. The answer has the headers, the log line and
the metrics that Flask's would have (`tests/api/test_direct.py` compares them). All else is left to Flask; where the
fast path was tried, but the careful one has to decide or a refusal to be said, it finds that (`fast.Tried`).
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from flask import Flask

from app import tracing
from app.api import bodies, fast, hold_metrics, limits
from app.api.caller import bearer_of
from app.api.endpoints import Endpoint, Reply, Section
from app.api.fast import Pass, Tried
from app.api.problems import ProblemError
from app.database.fast import connections
from app.people import known_tokens
from app.people.known_tokens import KnownToken
from app.people.tokens import Scope
from app.web import hosts, lock_timeouts, logs, request_metrics, security, unknown_proxies
from app.web.content_security_policy import NO_PAGE
from app.web.pools import REFUSED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_EXTENSION = "api_direct"
_ORG = "<uuid:org_id>"
_VALUES = {
    _ORG: r"(?P<org_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    "<path:key>": r"(?P<key>[A-Za-z0-9._~:@-]+)",
}
"""Values of a path that are written as they usually are."""
_LINES = {200: "200 OK", 304: "304 NOT MODIFIED"}


@dataclass(frozen=True, slots=True)
class _Route:
    """An endpoint that may be answered directly. `name`, `rule` and `method` are what logs and metrics call it."""

    endpoint: Endpoint
    scope: Scope
    name: str
    rule: str
    path: re.Pattern[str]
    query: Any

    def values(self, path: str) -> dict[str, Any] | None:
        """What the endpoint gets from the path, and from a query without parameters; None if it is another's."""
        found = self.path.fullmatch(path)
        if found is None:
            return None
        values: dict[str, Any] = found.groupdict()
        values["org_id"] = UUID(values["org_id"])
        if self.query is not None:
            values["query"] = self.query
        return values


def init_app(app: Flask, blueprint: str, prefix: str, sections: Sequence[Section]) -> None:
    """Answer what the sections' endpoints serve the fast way for one organization."""
    app.extensions[_EXTENSION] = _Direct(app, blueprint, prefix, sections)


def answer(app: Flask, environ: WSGIEnvironment, start: StartResponse) -> list[bytes] | None:
    """Answer a request; None if Flask has to."""
    direct: _Direct | None = app.extensions.get(_EXTENSION)
    return direct.answer(environ, start) if direct is not None else None


class _Direct:
    """The endpoints of an application, and the headers that all their answers have."""

    def __init__(self, app: Flask, blueprint: str, prefix: str, sections: Sequence[Section]) -> None:
        self._app = app
        self._prefix = f"{prefix}/"
        self._routes: dict[str, list[_Route]] = {}
        for section in sections:
            for one in section.endpoints:
                if one.fast is not None and one.scope is not None and _ORG in one.path:
                    rule = f"{prefix}{one.path}"
                    query = one.query() if one.query is not None else None
                    route = _Route(one, one.scope, f"{blueprint}.{one.name}", rule, _pattern(rule), query)
                    self._routes.setdefault(one.method, []).append(route)
        of_all = security.headers_of(app.config["SETTINGS"])
        self._headers = of_all | {"Content-Security-Policy": NO_PAGE}

    def answer(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes] | None:
        began = time.perf_counter()
        path = environ["PATH_INFO"]
        if not path.startswith(self._prefix) or not _is_plain(environ):
            return None
        for route in self._routes.get(environ["REQUEST_METHOD"], ()):
            if (values := route.values(path)) is not None:
                break
        else:
            return None
        with self._app.app_context():
            return self._serve(route, values, environ, start, began)

    def _serve(
        self,
        route: _Route,
        values: dict[str, Any],
        environ: WSGIEnvironment,
        start: StartResponse,
        began: float,
    ) -> list[bytes] | None:
        text = bearer_of(environ.get("HTTP_AUTHORIZATION", ""))
        token = known_tokens.find(text) if text is not None else None
        if (
            token is None
            or not connections.get().is_on
            or not hosts.is_ours(environ.get("HTTP_HOST", ""))
            or not unknown_proxies.is_known(environ)
            or not _read_body(route.endpoint, values, environ)
        ):
            return None
        counted = limits.take_drawn(token.id)
        if counted is None:
            return None
        request_id = logs.begin(environ.get("HTTP_X_REQUEST_ID", ""))
        lock_timeouts.mark_impatient()
        given = _try(route, values, token, counted, environ)
        if given is None:
            return None
        reply = given if isinstance(given, Reply) else Reply(given)
        content = b"" if reply.value is None else msgspec.json.encode(reply.value)
        headers = {**self._headers, **counted, **reply.headers, "X-Request-Id": request_id}
        if content:
            headers |= {"Content-Type": bodies.JSON, "Content-Length": str(len(content))}
        seconds = time.perf_counter() - began
        method = route.endpoint.method
        hold_metrics.count_granted(route.name)
        request_metrics.measure(route.name, route.rule, method, reply.status, seconds)
        logs.note(route.name, method, environ["PATH_INFO"], reply.status, seconds)
        start(_LINES[reply.status], list(headers.items()))
        return [content]


def _pattern(rule: str) -> re.Pattern[str]:
    for value, pattern in _VALUES.items():
        rule = rule.replace(value, pattern)
    return re.compile(rule)


def _is_plain(environ: Mapping[str, Any]) -> bool:
    """Whether there is nothing about a request that Flask would look at first."""
    return not (
        environ.get("QUERY_STRING") or environ.get("SCRIPT_NAME") or REFUSED in environ or tracing.is_on()
    )


def _read_body(endpoint: Endpoint, values: dict[str, Any], environ: WSGIEnvironment) -> bool:
    """Read the body that an endpoint gets decoded; whether it has it. Flask can read it again."""
    body = endpoint.body
    if body is None:
        return True
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("CONTENT_TYPE") != bodies.JSON or "HTTP_CONTENT_ENCODING" in environ:
        return False
    if not length.isdecimal() or int(length) > body.limit:
        return False
    content = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(content)
    if len(content) != int(length) or not content.strip():
        return False
    try:
        values["body"] = bodies.decode(content, body.type)
    except ProblemError:
        return False
    return True


def _try(
    route: _Route,
    values: dict[str, Any],
    token: KnownToken,
    counted: Mapping[str, str],
    environ: WSGIEnvironment,
) -> Any:
    """What the fast path says, if it is an answer; otherwise Flask's request is told."""
    serve = route.endpoint.fast
    assert serve is not None  # noqa: S101, such routes are made of
    pass_ = Pass(token, route.scope, environ.get("REMOTE_ADDR"), environ.get("HTTP_IF_NONE_MATCH"))
    given, error = None, None
    try:
        given = serve(pass_, **values)
    except Exception as one:
        # Flask's request raises it again, and says what it means.
        error = one
    if given is None:
        environ[fast.TRIED] = Tried(token.id, counted, error)
    return given
