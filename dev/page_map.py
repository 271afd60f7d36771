"""Which rules of the URL map show a page of ours: what is looked at page by page walks over them."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Rule

from app.web.marks import is_asked_by_pages

NO_PAGES = {
    "account.list_shortcuts": "a part of open pages",
    "api_docs.start": "leads to the API's page",
    "assets.embed": "a script",
    "assets.head": "a part of a shell's page",
    "assets.static": "files",
    "auth.connect_provider": "leads to the provider",
    "auth.confirm_with_provider": "leads to the provider",
    "auth.home": "leads to the overview",
    "auth.provider_callback": "leads on, or to the sign-in page, which says why",
    "auth.sign_in_with_provider": "leads to the provider",
    "auth.sign_out_of_provider": "leads to the provider",
    "credit.show_top_up": "leads to the credit that it brought",
    "health.healthz": "for programs",
    "health.metrics": "for programs",
    "health.readyz": "for programs",
    "invoices.show_invoice": "leads to Stripe",
    "invoices.show_pdf": "leads to Stripe",
    "wallet.show_receipt": "leads to Stripe",
}
"""Rules that show nothing of ours to anyone, beside those of the API, files and what open pages ask for."""

SIGNED_OUT = {
    "alert_emails.stop",
    "api_docs.list_problems",
    "api_docs.show",
    "api_docs.show_problem",
    "auth.arrive_from_shell",
    "auth.forgot_password",
    "auth.invitation",
    "auth.recovery_code",
    "auth.second_factor",
    "auth.set_password",
    "auth.sign_in",
}
"""Pages for those who aren't signed in: each is gone to by what leads there."""

CONSOLE = "operator."
CONSOLE_SIGNED_OUT = {"operator.join", "operator.sign_in"}
"""The pages of the operators' console for those who aren't signed in to it."""


def pages(app: Flask) -> list[Rule]:
    """The rules that answer a browser of an owner's, or of someone who isn't signed in, with a page of ours."""
    return [rule for rule in _pages(app) if not rule.endpoint.startswith(CONSOLE)]


def console_pages(app: Flask) -> list[Rule]:
    """Those that answer an operator's, where the console is served."""
    return [rule for rule in _pages(app) if rule.endpoint.startswith(CONSOLE)]


def _pages(app: Flask) -> list[Rule]:
    with app.app_context():
        asked_by_pages = {name for name in app.blueprints if is_asked_by_pages(name)}
    return [
        rule
        for rule in sorted(app.url_map.iter_rules(), key=str)
        if "GET" in (rule.methods or ())
        and rule.endpoint not in NO_PAGES
        and not rule.endpoint.startswith(("api.", "components.", "dev_mail."))
        and rule.endpoint.partition(".")[0] not in asked_by_pages
        and not rule.rule.endswith((".csv", ".pdf"))
    ]
