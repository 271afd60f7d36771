"""How an endpoint is declared, and how each request to one is served. `app.api` shows it by example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

import msgspec
from flask import Blueprint, Response

from app.api import bodies, caller, idempotency, limits, problems, queries
from app.api.problems import Kind
from app.extensions import db
from app.people.tokens import Scope
from app.web.content_security_policy import NO_PAGE

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint can answer: its status, what that means, the type of its body, and an example of one.

    `headers` are those worth a word, by name.
    """

    status: int
    description: str
    body: Any = None
    example: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """What an endpoint is sent: its type, an example, and how large it may be, in bytes.

    With `decoded` the view gets it as `body`; without, it reads the request itself (`bodies.read_body`), within the
    same limit and media types. `others` are further media types with a type and an example each, for such a view.
    """

    type: Any
    example: Any
    media_types: tuple[str, ...] = (bodies.JSON,)
    others: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    limit: int = bodies.LIMIT
    decoded: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What a view answers: a value that is encoded as JSON, or nothing."""

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method at an address below /api/v1, with all that the document says of it.

    `scope` is what the token must allow; without one anybody may ask. `query` is a struct of parameters, `problems`
    are the kinds that come besides those that every such endpoint has. `parameters` describe what is in the path.
    `once` takes an `Idempotency-Key`.
    """

    method: str
    path: str
    view: View
    room: Room
    scope: Scope | None
    summary: str
    answers: tuple[Answer, ...]
    body: Body | None = None
    query: Any = None
    problems: tuple[Kind, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    once: bool = False

    @property
    def name(self) -> str:
        return self.view.__name__

    @property
    def all_problems(self) -> tuple[Kind, ...]:
        """Every kind of problem that it can answer."""
        kinds = [*self.problems]
        if self.scope is not None:
            kinds += [problems.UNAUTHORIZED, problems.FORBIDDEN, problems.TOO_MANY, problems.CONFLICT]
        if "<" in self.path:
            kinds.append(problems.NOT_FOUND)
        # Of the address: a parameter that is wrong, or text that can't be stored.
        kinds.append(problems.MALFORMED)
        if self.body is not None:
            kinds += [problems.TIMED_OUT, problems.TOO_LARGE, problems.UNSUPPORTED, problems.INVALID]
        if self.once:
            kinds += idempotency.PROBLEMS
        if self.method == "GET" and problems.CONFLICT in kinds and problems.CONFLICT not in self.problems:
            kinds.remove(problems.CONFLICT)
        kinds += [problems.INTERNAL, problems.UNAVAILABLE]
        return tuple(sorted(set(kinds), key=lambda kind: (kind.status, kind.name)))


class Room:
    """Endpoints that belong together: a section of the document. Each file of endpoints has one."""

    def __init__(self, title: str, description: str) -> None:
        self.title = title
        self.description = description
        self.endpoints: list[Endpoint] = []

    def _declare(self, method: str, path: str, **declared: Any) -> Callable[[View], View]:
        def add(view: View) -> View:
            self.endpoints.append(Endpoint(method=method, path=path, view=view, room=self, **declared))
            return view

        return add

    def get(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare what answers GET; `declared` as `Endpoint` names it."""
        return self._declare("GET", path, **declared)

    def put(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare what answers PUT."""
        return self._declare("PUT", path, **declared)

    def post(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare what answers POST."""
        return self._declare("POST", path, **declared)

    def delete(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare what answers DELETE."""
        return self._declare("DELETE", path, **declared)


def blueprint_of(rooms: tuple[Room, ...]) -> Blueprint:
    """The routes of all endpoints."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    for room in rooms:
        for endpoint in room.endpoints:
            blueprint.add_url_rule(
                endpoint.path,
                endpoint.name,
                _view_of(endpoint),
                methods=[endpoint.method],
                provide_automatic_options=False,
            )
    blueprint.after_request(limits.add_headers)
    blueprint.after_request(_no_page)
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
    """Answer a request: who calls, may they, what did they send, and only then the view.

    What the view changed is committed here, together with the answer that an `Idempotency-Key` keeps; a view that
    raises has changed nothing.
    """
    if endpoint.scope is not None:
        who = caller.identify(values.get("org_id"))
        limits.count(who)
        caller.demand(who, endpoint.scope)
        caller.enter(who, values.get("org_id"))
    if endpoint.query is not None:
        values["query"] = queries.read(endpoint.query)
    body = endpoint.body
    if body is not None and body.decoded:
        values["body"] = bodies.read_json(body.type, limit=body.limit, media_types=body.media_types)
    answer = partial(_answer, endpoint, values)
    response = idempotency.once(answer) if endpoint.once else answer()
    db.session.commit()
    return response


def _answer(endpoint: Endpoint, values: dict[str, Any]) -> Response:
    given = endpoint.view(**values)
    if isinstance(given, Response):
        return given
    reply = given if isinstance(given, Reply) else Reply(given)
    content = b"" if reply.value is None else msgspec.json.encode(reply.value)
    response = Response(content, reply.status, content_type=bodies.JSON)
    if not content:
        del response.headers["Content-Type"]
    response.headers.update(reply.headers)
    return response
