"""Identifies the signed-in person from the session cookie, and guards the billing pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask_login import AnonymousUserMixin, current_user
from werkzeug.wrappers import Response as AnyResponse

from app import openid, shell
from app.extensions import db, login_manager
from app.models import Organization, Role
from app.models.scope import scope_to
from app.people import identification, memberships, sessions, user_agents
from app.people.identification import Identity, Limits
from app.transaction import check_before_commits, transaction
from app.web import back_to_shell, drawn_for, frames, origins
from app.web.marks import is_asked_by_pages, is_posted_by_shell, kept_fields, page_behind
from app.web.parts import wants_region

_WITHOUT_A_PERSON = {None, "api", "api_docs", "assets", "csp_reports", "health", "operator", "webhooks"}

P = ParamSpec("P")
R = TypeVar("R")


class NotOrgAdminError(Exception):
    """Signed in, but without the role that billing needs in the organization in view."""


class FactorMissingError(Exception):
    """Signed in, but without the second factor that the organization in view requires."""


def init_app(app: Flask) -> None:
    """Set up flask-login, and pass the identity to templates."""
    app.context_processor(lambda: {"identity": identity(), "organizations": _seats()})
    app.add_template_global(provider_name)
    app.add_template_global(renews_in)
    app.before_request(_keep_session_alive)


def provider_name() -> str:
    """What people call the identity provider that they can sign in with; empty without one."""
    client = openid.current()
    return client.provider.name if client is not None else ""


def renews_in() -> int:
    """In how many seconds the shell is asked to renew the session that it began."""
    who = identity()
    if who is None or who.ends_at is None:
        return 0
    trusted = shell.current()
    # Where the settings trust it no more, the frame learns that as it asks.
    return trusted.renews_in(who.ends_at) if trusted is not None else 0


def session_limits() -> Limits:
    """The idle and the absolute limit of a session, from the settings."""
    settings = current_app.config["SETTINGS"]
    return Limits(
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_absolute_hours),
    )


def identity() -> Identity | None:
    """Who is signed in, if anyone."""
    # A page asks a hundred times: the proxy is looked through once.
    user = current_user._get_current_object()
    return cast(Identity, user) if user is not None and user.is_authenticated else None


def device_in_use() -> str:
    """The browser and the system that this request comes from, in words."""
    return user_agents.as_text(request.headers.get("User-Agent", ""))


def continue_unidentified() -> None:
    """Serve the rest of this request without identifying the person, because the lookup failed."""
    g._login_user = AnonymousUserMixin()


def current_identity() -> Identity:
    """Who is signed in; only behind one of the guards below."""
    found = identity()
    if found is None:
        abort(401)
    return found


def current_organization() -> Organization:
    """The organization in view; only behind `org_admin_required` or `member_required`."""
    organization = current_identity().organization
    if organization is None:
        raise NotOrgAdminError
    return organization


def org_admin_required(view: Callable[P, R]) -> Callable[P, R | AnyResponse]:
    """Serve the view to owners of the organization in view only, and scope the database to it.

    Not signed in: redirect to the sign-in page, then back. From a page of another organization: 409, which asks which
    one is meant. Without the second factor that the organization requires: to the page that sets one up. Without the
    role: 403, which says whom to ask.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
        who = identity()
        if who is None:
            return ask_to_sign_in()
        _enter_organization(who)
        if not who.is_org_admin:
            raise NotOrgAdminError
        _check_before_commits(who, is_owner)
        return view(*args, **kwargs)

    guarded.org_admin_required = True  # type: ignore[attr-defined]
    return guarded


def member_required(view: Callable[P, R]) -> Callable[P, R | AnyResponse]:
    """Serve the view to anyone of the organization in view, whatever their role, and scope the database to it: for
    the little that members without a billing role see and ask for.

    Otherwise as `org_admin_required`.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
        who = identity()
        if who is None:
            return ask_to_sign_in()
        _enter_organization(who)
        if who.role is None:
            raise NotOrgAdminError
        _check_before_commits(who, is_member)
        return view(*args, **kwargs)

    guarded.member_required = True  # type: ignore[attr-defined]
    return guarded


def is_owner(role: Role | None) -> bool:
    """Whether a role includes billing."""
    return role is Role.ORG_ADMIN


def is_member(role: Role | None) -> bool:
    """Whether someone has any role."""
    return role is not None


def _check_before_commits(who: Identity, is_enough: Callable[[Role | None], bool]) -> None:
    """Let nothing be changed by someone who loses the role while their request waits for a lock: it is read again
    before each commit. Pages that are only read show what there was when they were asked for."""
    if request.method in origins.SAFE or who.organization is None:
        return
    org_id, user_id = who.organization.id, who.user.id

    def check() -> None:
        if not is_enough(memberships.role_of(org_id, user_id)):
            # Who they are and may see is read again, for the page that says so.
            g.pop("_login_user", None)
            raise NotOrgAdminError

    check_before_commits(check)


def _enter_organization(who: Identity) -> None:
    drawn_for.check(who)
    if who.organization is None:
        raise NotOrgAdminError
    if who.lacks_factor:
        raise FactorMissingError
    scope_to(db.session(), who.organization.id)


def person_required(view: Callable[P, R]) -> Callable[P, R | AnyResponse]:
    """Serve the view to anyone who is signed in, whatever their role, and without an organization, too: for what
    people see and change about themselves.

    Not signed in: redirect to the sign-in page, then back.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
        return ask_to_sign_in() if identity() is None else view(*args, **kwargs)

    guarded.person_required = True  # type: ignore[attr-defined]
    return guarded


def ask_to_sign_in() -> AnyResponse:
    """Redirect to the sign-in page, then back; an htmx request gets 401, which the page explains in place. In a frame
    no one types a password: the shell is told that the session has ended, and begins another. Someone whom a bank
    leads back is led on to the shell."""
    if wants_region():
        return Response("", status=401)
    if (address := back_to_shell.from_bank()) is not None:
        return redirect(address)
    if request.method == "GET":
        came_for = request.full_path.rstrip("?")
    else:
        kept = kept_fields(request.endpoint, request.form)
        came_for = f"{page_behind(request.path)}?{kept}" if kept else page_behind(request.path)
    if frames.is_framed():
        # Where it was asked for by its address, that has the part of the page, too.
        continues = "" if request.method == "GET" else came_for
        return Response(render_template("auth/frame_ended.html", continues=continues), status=401)
    return redirect(url_for("auth.sign_in", next=came_for))


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> Identity | None:
    return identification.identify(token, session_limits())


def _keep_session_alive() -> None:
    if request.blueprint in _WITHOUT_A_PERSON or is_asked_by_pages(request.blueprint):
        return
    if is_posted_by_shell(request.endpoint):
        return
    who = identity()
    if who is not None and sessions.should_touch(who):
        with transaction():
            sessions.touch(who, device=device_in_use(), address=request.remote_addr)


def _seats() -> tuple[identification.Seat, ...]:
    who = identity()
    return who.seats if who else ()
