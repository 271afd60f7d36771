'''The API for the Voice Portal's platform: /api/v1.

A module of endpoints is one section of the document. It declares them like this:

    section = Section("Holds", "Credit that is reserved before it is used.")

    @section.post( "/organizations/<uuid:org_id>/holds", scope=Scope.HOLDS_WRITE,                  #
    app.people.tokens; without one, it is public summary="Reserve credit", body=Body(NewHold, EXAMPLE),
    # a msgspec.Struct with forbid_unknown_fields=True answers=(Answer(201, "The hold.", HoldView,
    EXAMPLE_VIEW),), problems=(NOT_ENOUGH,),                   # its own problem types; common ones are added
    ) def reserve_hold(org_id: UUID, body: NewHold) -> Reply: """The description in the document, below the
    summary.""" try: hold = holds.reserve(…) except NotEnoughCreditError as error: raise
    ProblemError(NOT_ENOUGH, "…", members={"available": to_builtins(Amount.of(error.available))}) return
    Reply(view_of(hold), 201)

and is listed in `SECTIONS` below. For each request, `endpoints.serve` does this, in order:

1. look up the token, count the request, check the scope, compare the path's `org_id` with the token's
   organization (404 if it is another one), and scope the database session to that organization;
2. decode `query` (a struct: `query=PageQuery`) and `body` strictly, reporting each error with its location;
3. call the view with the path parameters, `query`, and `body` by name. It returns a `Reply`, a struct (200),
   or a response of its own, or raises `ProblemError`;
4. commit the transaction, or roll it back if the view raised. A view that needs transactions of its own (to
   retry after a deadlock) commits itself and can't be `once`.

`once=True` accepts an `Idempotency-Key`, for POSTs whose body has no key of its own. `Body(…, decoded=False,
limit=…, media_types=…)` leaves reading to the view: `bodies.read_body(limit=…, media_types=…)` returns the
bytes, with gzip decompressed. A new problem type is a `Kind` constant next to the endpoints that raise it;
its page at /api/problems/<name> and its entry in the document are generated. `caller.current_caller()` is the
caller, and `caller.current_actor()` the same for the audit trail. `queries.next_page` builds the `next` of
lists.'''

from __future__ import annotations

from flask import Flask

from app.api import (
    alerts,
    auto_top_ups,
    calls,
    calls_in_progress,
    credit,
    direct,
    docs,
    endpoints,
    entitlements,
    envelopes,
    errors,
    estimates,
    forecasts,
    hold_batches,
    openapi,
    organizations,
    spending_limits,
    status,
    transfers,
    usage,
)
from app.api.endpoints import Section
from app.api.limits import Counter
from app.extensions import csrf, limiter
from app.web import pools

SECTIONS: tuple[Section, ...] = (
    usage.section,
    hold_batches.section,
    calls_in_progress.section,
    calls.section,
    status.section,
    alerts.section,
    envelopes.section,
    entitlements.section,
    estimates.section,
    forecasts.section,
    auto_top_ups.section,
    spending_limits.section,
    organizations.section,
    transfers.section,
    credit.section,
    openapi.section,
)
"""The sections, in the order of the document."""


def init_app(app: Flask, sections: tuple[Section, ...] = SECTIONS) -> None:
    """Register the endpoints. They count requests per token, and cookies don't authenticate, so there is no
    CSRF to protect against."""
    app.extensions["api_sections"] = sections
    app.extensions["api_counter"] = Counter(app.config["SETTINGS"].api_requests_per_minute)
    blueprint = endpoints.blueprint_of(sections)
    app.register_blueprint(blueprint)
    direct.init_app(app, blueprint.name, blueprint.url_prefix or "", sections)
    for section in sections:
        for endpoint in section.endpoints:
            if endpoint.body is not None:
                pools.set_body_limit(app, f"{blueprint.name}.{endpoint.name}", endpoint.body.limit)
    csrf.exempt(blueprint)
    limiter.exempt(blueprint)
    errors.init_app(app)
    docs.init_app(app)
