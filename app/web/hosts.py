"""The host names at which requests are answered: that of `PUBLIC_URL`, and those of `TRUSTED_HOSTS`.

Whatever else a request names (`Host`, or `X-Forwarded-Host` from a proxy that is trusted) is refused before anything
is looked up: no page tells another's address as its own, or shares a cache or an origin with it (RFC 9110, section
7.2). Ports don't count: behind a proxy they differ. Health checks ask by IP address, and get no page.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.language import gettext
from app.per_application import PerApplication
from app.web import error_pages, errors
from app.web.identity import continue_unidentified
from config import Settings

log = structlog.get_logger("billing.web")

_names_of = PerApplication[tuple[Settings | None, frozenset[str]]]("host_names", lambda: (None, frozenset()))
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""In development and tests, wherever the server happens to listen."""


class UnknownHostError(BadRequest):
    """The request is for a host name that isn't ours."""


def init_app(app: Flask) -> None:
    """Refuse requests for other hosts, before cookies, tokens and limits ask the database."""
    app.before_request(_refuse)
    app.register_error_handler(UnknownHostError, errors.or_otherwise(_page))


def names(settings: Settings) -> frozenset[str]:
    """The host names that are ours, in lower case and without a port."""
    ours = {_name(urlsplit(settings.public_url).netloc), *map(_name, settings.trusted_hosts)}
    return frozenset(ours) if settings.is_production else frozenset(ours) | _LOOPBACK


def is_ours(host: str) -> bool:
    """Whether a host as a request names it is ours, whatever its port."""
    return _name(host) in _known()


def _refuse() -> None:
    if request.blueprint != "health" and not is_ours(request.host):
        continue_unidentified()
        log.warning("unknown_host", host=request.host[:200])
        raise UnknownHostError


def _page(_: UnknownHostError) -> Response:
    return error_pages.page(
        400,
        title=gettext("This address isn't ours"),
        message=gettext("The request names a host that this service doesn't have."),
        next_step=gettext("Check the address, and follow the link that you were given."),
    )


def _known() -> frozenset[str]:
    settings: Settings = current_app.config["SETTINGS"]
    found = _names_of.get()
    if found[0] is not settings:
        found = settings, names(settings)
        _names_of.set(found)
    return found[1]


def _name(host: str) -> str:
    """The name in `host:port`; the address in `[::1]:8000`."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return (host.partition(":")[0] if host.count(":") == 1 else host).lower()
