"""What people read when the identity provider doesn't let them in, and what operators find in the log."""

from __future__ import annotations

import structlog
from flask import request
from werkzeug.wrappers import Response

from app.language import gettext
from app.openid import OpenIDError
from app.people.external.identities import IdentityError
from app.web import error_pages
from identity_provider import IdentityProvider

log = structlog.get_logger("billing.auth")


def away(provider: IdentityProvider, error: OpenIDError) -> Response:
    """The provider doesn't answer."""
    log.error("provider_unavailable", issuer=provider.issuer, reason=str(error))
    return error_pages.page(
        503,
        title=gettext("%(provider)s isn't responding", provider=provider.name),
        message=gettext("So we can't tell who you are. Nothing was changed."),
        next_step=gettext("Try again in a minute, or sign in with your password if you have one."),
    )


def refused(provider: IdentityProvider, error: OpenIDError) -> Response:
    """What the provider sent proves nothing: an attack, or settings that differ."""
    log.error(
        "provider_answer_refused", issuer=provider.issuer, reason=str(error), address=request.remote_addr
    )
    return error_pages.page(
        400,
        title=gettext("We couldn't verify what %(provider)s said", provider=provider.name),
        message=gettext("So you aren't signed in. Nothing was changed."),
        next_step=gettext(
            "Go to the sign-in page and try again. If it keeps happening, contact support with the reference below."
        ),
    )


def denied(provider: IdentityProvider, said: str) -> Response:
    """The provider said no, or the person did there. `said` is the provider's code for it."""
    log.warning("provider_denied", issuer=provider.issuer, said=said[:100], address=request.remote_addr)
    return error_pages.page(
        403,
        title=gettext("%(provider)s didn't sign you in", provider=provider.name),
        message=gettext("You canceled it there, or it doesn't let you use Voice Portal Billing."),
        next_step=gettext(
            "Go to the sign-in page and try again. If you should have access, ask those who run %(provider)s.",
            provider=provider.name,
        ),
    )


def over() -> Response:
    """The visit has ended, is too old, or is another browser's."""
    log.info("provider_visit_over", address=request.remote_addr)
    return error_pages.page(
        400,
        title=gettext("This sign-in is over"),
        message=gettext("It took too long, was already used, or began in another browser."),
        next_step=gettext("Go to the sign-in page and try again."),
    )


def no_account(provider: IdentityProvider, error: IdentityError) -> Response:
    """The person is known there, but opens no account here."""
    log.warning(
        "provider_person_refused",
        issuer=provider.issuer,
        reason=type(error).__name__,
        address=request.remote_addr,
    )
    return error_pages.page(
        403,
        title=gettext("You can't come in with %(provider)s yet", provider=provider.name),
        message=gettext("%(provider)s knows you, but that opens nothing here.", provider=provider.name),
        next_step=str(error),
    )
