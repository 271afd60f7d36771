"""Voice Portal Billing & wallet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter

from app import (
    api,
    cli,
    doctor,
    notify,
    openid,
    pages,
    reconciliation,
    return_addresses,
    shell,
    signing,
    tracing,
    webhooks,
    work,
)
from app.api import direct
from app.billing import brake, catalog
from app.billing.catalog import file
from app.database import fast, gone, replica, traced
from app.extensions import csrf, db, limiter, login_manager, migrate
from app.payments import client as stripe_client
from app.people import passwords
from app.people.factors import encryption, relying_party
from app.web import (
    assets,
    back_to_shell,
    compression,
    cookies,
    csp_reports,
    database,
    errors,
    form_refusals,
    form_tokens,
    formatting,
    frames,
    health,
    hosts,
    identity,
    languages,
    links,
    lock_timeouts,
    logs,
    parts,
    quantity_text,
    rate_limits,
    rate_text,
    refusals,
    request_metrics,
    request_traces,
    script_texts,
    security,
    step_up,
    stripe_deadlines,
    sum_text,
    text_guard,
    unknown_proxies,
    which_organization,
)
from app.web.template_globals import PageEnvironment
from config import ROOT, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Application(Flask):
    """No view and nothing around one is asynchronous, so nothing asks whether it is, twenty times a request."""

    jinja_environment = PageEnvironment

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request: directly, if it is plain."""
        answer = direct.answer(self, environ, start_response)
        return answer if answer is not None else super().wsgi_app(environ, start_response)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What addresses lead to. A host that is no name at all is refused like any other that isn't ours (`hosts`),
        by a page with links."""
        try:
            return super().create_url_adapter(request)
        except HTTPException:
            if request is None:
                raise
            return self.url_map.bind("unknown.invalid", path_info=request.path, default_method=request.method)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings) -> Flask:
    """Assemble the application."""
    tracing.set_up(settings.traces_endpoint, environment=settings.environment)
    app = _Application(__name__, static_folder=None)
    app.session_interface = cookies.FrameAwareSessions()
    app.add_template_global(cookies.framing_site)
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        DEBUG=settings.debug,
        TESTING=settings.environment == "test",
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings),
        WTF_CSRF_TIME_LIMIT=int(timedelta(hours=settings.session_absolute_hours).total_seconds()),
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        **cookies.config(settings),
        **rate_limits.CONFIG,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    compression.init_app(app)
    logs.init_app(app)
    request_metrics.init_app(app)
    request_traces.init_app(app)
    refusals.init_app(app)
    hosts.init_app(app)
    lock_timeouts.init_app(app)
    stripe_deadlines.init_app(app)
    # Before anything reads the request's content: form tokens, limits, the session.
    text_guard.init_app(app)
    db.init_app(app)
    with app.app_context():
        gone.ignore_failed_rollbacks(db.engine)
        gone.leave_demoted_servers(db.engine)
        database.count_connections(db.engine)
        traced.listen(db.engine)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(rate_limits.add_headers)
    with app.app_context():
        fast.connections.set(database.fast_connections(settings))
        replica.replica.set(database.replica(settings))
        signing.keys.set((*settings.secret_key_fallbacks, settings.secret_key))
        stripe_client.set_up(settings)
        notify.set_up(settings)
        passwords.set_up(quick=app.testing)
        encryption.set_up((settings.secret_key, *reversed(settings.secret_key_fallbacks)))
        relying_party.set_up(settings.public_url)
        openid.set_up(settings.identity_provider, f"{settings.public_url}/sign-in/provider/callback")
        return_addresses.public_url.set(settings.public_url)
        shell.set_up(settings.shell)
        brake.set_up(
            per_hour=settings.auto_top_ups_per_hour,
            per_day=settings.auto_top_ups_per_day,
            floor=settings.auto_top_up_brake_floor,
        )
        catalog.offer(file.load(settings.catalog_path))
    for part in (
        form_tokens,
        identity,
        assets,
        formatting,
        languages,
        script_texts,
        quantity_text,
        rate_text,
        sum_text,
        frames,
        back_to_shell,
        security,
        csp_reports,
        errors,
        form_refusals,
        which_organization,
        step_up,
        links,
        parts,
        health,
        unknown_proxies,
        pages,
        api,
        webhooks,
        reconciliation,
        work,
        doctor,
        cli,
    ):
        part.init_app(app)
    return app
