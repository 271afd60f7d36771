"""Going to an identity provider and coming back, as browsers do."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from app import openid
from app.clock import utc_now
from app.extensions import db
from app.models import SignInSession
from app.transaction import transaction
from tests.support.browsing import Visitor
from tests.support.openid_provider import Provider

CALLBACK = "/sign-in/provider/callback"


def use(provider: Provider, app: Flask, **changes: object) -> None:
    """Let the application know the provider, with changes to what the settings say of it."""
    public = app.config["SETTINGS"].public_url
    openid.set_up(provider.settings(**changes), f"{public}{CALLBACK}")


def come_back(visitor: Visitor, provider: Provider, address: str = "/sign-in/provider") -> TestResponse:
    """Follow a link to the provider, sign in there, and come back."""
    return visitor.get(sent_back(visitor, provider, address))


def sent_back(visitor: Visitor, provider: Provider, address: str = "/sign-in/provider") -> str:
    """The address that a browser is sent back to."""
    left = visitor.get(address)
    assert left.status_code == 302, left.text
    assert left.location is not None
    assert left.location.startswith(f"{provider.url}/authorize?"), left.location
    back = urlsplit(provider.sign_in(left.location))
    return f"{back.path}?{back.query}"


def confirmed_long_ago() -> None:
    """Let it be two hours since anyone confirmed who they are."""
    with transaction():
        db.session.execute(update(SignInSession).values(confirmed_at=utc_now() - timedelta(hours=2)))
