"""The way into the shell for someone who came from elsewhere, from a bank's page or by an email, to a window of ours
where no one is signed in: the shell shows each page at the same path (docs/embedding.md)."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, current_app, request

from app.own_pages import own_address
from app.web.frames import is_framed
from config import Settings

_FROM_BANK = "redirect_status"
_STRIPES = frozenset(
    {
        _FROM_BANK,
        "payment_intent",
        "payment_intent_client_secret",
        "setup_intent",
        "setup_intent_client_secret",
        "source_redirect_slug",
    }
)
"""What Stripe adds to a `return_url` (https://docs.stripe.com/js/payment_intents/confirm_payment). Our page asks
Stripe itself how it came out, and no one else is to have the secrets."""


def init_app(app: Flask) -> None:
    """Let the sign-in page offer it."""
    app.add_template_global(page_in_shell)


def page_in_shell(path: str | None = None) -> str | None:
    """The shell's address of one of our pages, or of the overview; None without a shell that signs people in."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.shell is None or is_framed():
        return None
    return settings.shell_origins[0] + own_address(path, otherwise="/billing")


def from_bank() -> str | None:
    """Where someone goes whom a bank has led back to this page."""
    if request.method != "GET" or _FROM_BANK not in request.args:
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in _STRIPES]
    return page_in_shell(f"{request.path}?{urlencode(kept)}" if kept else request.path)
