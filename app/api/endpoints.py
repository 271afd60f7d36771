"""How endpoints are declared and how requests to them are served. `app.api` has an example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

import msgspec
from flask import Blueprint, Response

from app.api import bodies, caller, fast, hold_metrics, idempotency, limits, problems, queries
from app.api.fast import Fast
from app.api.problems import Kind
from app.people.tokens import Scope
from app.prepared import prepare
from app.transaction import transaction
from app.web.content_security_policy import NO_PAGE

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A response an endpoint can give: its status and meaning, the type of its body, and an example.

    `headers` describes notable response headers, by name.
    """

    status: int
    description: str
    body: Any = None
    example: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """The request body of an endpoint: its type, an example, and its size limit in bytes.

    With `decoded`, the view gets it as `body`. Without, the view reads the request itself (`bodies.read_body`), with
    the same limit and media types; `others` are then additional media types, each with a type and an example.
    """

    type: Any
    example: Any
    media_types: tuple[str, ...] = (bodies.JSON,)
    others: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    limit: int = bodies.LIMIT
    decoded: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What a view returns: a value to encode as JSON, or no content."""

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method at a path under /api/v1, with everything the OpenAPI document says about it.

    `scope` is what the token must allow; without a scope the endpoint is public. `query` is a struct of query
    parameters, `problems` are the problem types beyond the common ones, and `parameters` describes the path
    parameters. With `once`, the endpoint accepts an `Idempotency-Key`. With `commits`, the view commits what it
    does itself, in as many transactions as that takes. `fast` is tried first (`app.api.fast`).
    """

    method: str
    path: str
    view: View
    section: Section
    scope: Scope | None
    summary: str
    answers: tuple[Answer, ...]
    body: Body | None = None
    query: Any = None
    problems: tuple[Kind, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    commits: bool = False
    fast: Fast | None = None

    @property
    def name(self) -> str:
        return self.view.__name__

    @property
    def all_problems(self) -> tuple[Kind, ...]:
        """Every problem type it can respond with."""
        kinds = [*self.problems]
        if self.scope is not None:
            kinds += [problems.UNAUTHORIZED, problems.FORBIDDEN, problems.TOO_MANY, problems.CONFLICT]
        if "<" in self.path:
            kinds.append(problems.NOT_FOUND)
        # For the address: an invalid parameter, or text that can't be stored.
        kinds.append(problems.MALFORMED)
        if self.body is not None:
            kinds += [problems.TIMED_OUT, problems.TOO_LARGE, problems.UNSUPPORTED, problems.INVALID]
        if self.once:
            kinds += idempotency.PROBLEMS
        if self.method == "GET" and problems.CONFLICT in kinds and problems.CONFLICT not in self.problems:
            kinds.remove(problems.CONFLICT)
        kinds += [problems.INTERNAL, problems.UNAVAILABLE]
        return tuple(sorted(set(kinds), key=lambda kind: (kind.status, kind.name)))


class Section:
    """Endpoints that belong together: one section of the document. Each module of endpoints has one."""

    def __init__(self, title: str, description: str) -> None:
        self.title = title
        self.description = description
        self.endpoints: list[Endpoint] = []

    def _declare(self, method: str, path: str, **declared: Any) -> Callable[[View], View]:
        def add(view: View) -> View:
            endpoint = Endpoint(method=method, path=path, view=view, section=self, **declared)
            prepare(
                *(one for one in (endpoint.query, endpoint.body and endpoint.body.type) if one is not None)
            )
            self.endpoints.append(endpoint)
            return view

        return add

    def get(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare a GET endpoint; `declared` are fields of `Endpoint`."""
        return self._declare("GET", path, **declared)

    def put(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare a PUT endpoint."""
        return self._declare("PUT", path, **declared)

    def post(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare a POST endpoint."""
        return self._declare("POST", path, **declared)

    def delete(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare a DELETE endpoint."""
        return self._declare("DELETE", path, **declared)


def blueprint_of(sections: tuple[Section, ...]) -> Blueprint:
    """Build the blueprint with the routes of all endpoints."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    for section in sections:
        for endpoint in section.endpoints:
            blueprint.add_url_rule(
                endpoint.path,
                endpoint.name,
                _view_of(endpoint),
                methods=[endpoint.method],
                provide_automatic_options=False,
            )
    blueprint.after_request(limits.add_headers)
    blueprint.after_request(_no_page)
    blueprint.after_request(hold_metrics.count_answer)
    return blueprint


def _no_page(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", NO_PAGE)
    return response


def _view_of(endpoint: Endpoint) -> View:
    @wraps(endpoint.view)
    def view(**values: Any) -> Response:
        return serve(endpoint, **values)

    return view


def serve(endpoint: Endpoint, **values: Any) -> Response:
    """Serve a request: authenticate, authorize, decode the input, then call the view.

    The view's changes are committed here, together with the response stored for an `Idempotency-Key`, unless it
    commits them itself; a view that raises changes nothing.
    """
    if endpoint.scope is not None:
        read = partial(_read, endpoint, values)
        if (
            endpoint.fast is not None
            and (plain := fast.serve(endpoint.fast, endpoint.scope, read)) is not None
        ):
            return _response_of(plain)
        who = caller.identify(values.get("org_id"))
        limits.count(who)
        caller.demand(who, endpoint.scope)
        caller.enter(who, values.get("org_id"))
    answer = partial(_answer, endpoint, _read(endpoint, values))
    if endpoint.commits:
        return answer()
    with transaction():
        return idempotency.once(answer) if endpoint.once else answer()


def _read(endpoint: Endpoint, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the view gets: path parameters, `query` and `body`. Raises `ProblemError`."""
    found = dict(values)
    if endpoint.query is not None:
        found["query"] = queries.read(endpoint.query)
    body = endpoint.body
    if body is not None and body.decoded:
        found["body"] = bodies.read_json(body.type, limit=body.limit, media_types=body.media_types)
    return found


def _answer(endpoint: Endpoint, values: dict[str, Any]) -> Response:
    return _response_of(endpoint.view(**values))


def _response_of(given: Any) -> Response:
    if isinstance(given, Response):
        return given
    reply = given if isinstance(given, Reply) else Reply(given)
    content = b"" if reply.value is None else msgspec.json.encode(reply.value)
    response = Response(content, reply.status, content_type=bodies.JSON)
    if not content:
        del response.headers["Content-Type"]
    response.headers.update(reply.headers)
    return response
