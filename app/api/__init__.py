'''What the Voice Portal's platform calls: /api/v1.

A room is a file of endpoints that belong together, and one section of the document. It declares them so:

    room = Room("Holds", "Credit that is reserved before it is used.")

    @room.post(
        "/organizations/<uuid:org_id>/holds",
        scope=Scope.HOLDS_WRITE,                  # app.people.tokens; without one anybody may ask
        summary="Reserve credit",
        body=Body(NewHold, EXAMPLE),              # a msgspec.Struct with forbid_unknown_fields=True
        answers=(Answer(201, "The hold.", HoldView, EXAMPLE_VIEW),),
        problems=(NOT_ENOUGH,),                   # kinds of its own; the common ones come by themselves
    )
    def reserve_hold(org_id: UUID, body: NewHold) -> Reply:
        """What the document says below the summary."""
        try:
            hold = holds.reserve(…)
        except NotEnoughCreditError as error:
            raise ProblemError(NOT_ENOUGH, "…", members={"available": to_builtins(Amount.of(error.available))})
        return Reply(view_of(hold), 201)

and is named in `ROOMS` below. What happens by itself, in this order (`endpoints.serve`):

1. the token is looked up, its requests are counted, its scope is checked, `org_id` of the path is held against the
   organization that it is for (404 for another's), and the database session is scoped to that organization;
2. `query` (a struct: `query=PageQuery`) and `body` are decoded strictly, each mistake named with its place;
3. the view is called with what is in the path, `query` and `body` by name. It answers a `Reply`, a struct (200), or a
   response of its own, or raises `ProblemError`;
4. the transaction is committed, or rolled back where something was raised. A view that needs transactions of its own
   (to try again after a deadlock) commits itself, and can't be `once`.

`once=True` takes an `Idempotency-Key`: for POSTs whose body has no key of its own. `Body(…, decoded=False, limit=…,
media_types=…)` leaves reading to the view: `bodies.read_body(limit=…, media_types=…)` gives the bytes, inflated where
they came with gzip. A further `Kind` of problem is a constant beside the endpoints that raise it; its page at
/api/problems/<name> and its place in the document come by themselves. Who calls is `caller.current_caller()`, and
`caller.current_actor()` for the audit trail. `queries.next_page` makes the `next` of lists.
'''

from __future__ import annotations

from flask import Flask

from app.api import (
    calls,
    docs,
    endpoints,
    entitlements,
    errors,
    estimates,
    holds,
    openapi,
    organizations,
    status,
    transfers,
    usage,
)
from app.api.endpoints import Room
from app.api.limits import Counter
from app.extensions import csrf, limiter
from app.web import pools

ROOMS: tuple[Room, ...] = (
    usage.room,
    holds.room,
    calls.room,
    status.room,
    entitlements.room,
    estimates.room,
    organizations.room,
    transfers.room,
    openapi.room,
)
"""In the order of the document."""


def init_app(app: Flask, rooms: tuple[Room, ...] = ROOMS) -> None:
    """Register the endpoints. Their counter of requests is the token's own, and no cookie lets in: no forged request
    to fear."""
    app.extensions["api_rooms"] = rooms
    app.extensions["api_counter"] = Counter(app.config["SETTINGS"].api_requests_per_minute)
    blueprint = endpoints.blueprint_of(rooms)
    app.register_blueprint(blueprint)
    for room in rooms:
        for endpoint in room.endpoints:
            if endpoint.body is not None:
                pools.let_send(app, f"{blueprint.name}.{endpoint.name}", endpoint.body.limit)
    csrf.exempt(blueprint)
    limiter.exempt(blueprint)
    errors.init_app(app)
    docs.init_app(app)
