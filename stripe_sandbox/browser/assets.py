"""Scripts and style sheets, put together from small files. There is no build step: each request reads them again."""

from __future__ import annotations

from flask import Response

from stripe_sandbox.browser.blueprint import HERE

SCRIPTS = {
    "stripe": (
        "stripe/address",
        "stripe/surroundings",
        "stripe/errors",
        "stripe/events",
        "stripe/channel",
        "stripe/api",
        "stripe/payment_element",
        "stripe/options",
        "stripe/elements",
        "stripe/challenge",
        "stripe/next_action",
        "stripe/payment_method",
        "stripe/confirmation",
        "stripe/stripe",
    ),
    "card": (
        "frame",
        "card/number",
        "card/expiration",
        "card/field",
        "card/look",
        "card/payment_method",
        "card/form",
    ),
    "challenge": ("frame", "challenge"),
}
STYLES = {
    "card": ("tokens", "fields", "card"),
    "page": ("tokens", "fields", "page"),
    "dashboard": ("tokens", "dashboard/layout", "dashboard/content", "dashboard/forms"),
}


def script(name: str) -> Response:
    """The parts of a script in one function of its own, so that nothing leaks into the page's globals."""
    parts = "\n".join((HERE / "js" / f"{part}.js").read_text() for part in SCRIPTS[name])
    return _answer(f'(() => {{\n"use strict";\n{parts}}})();\n', "text/javascript")


def stylesheet(name: str) -> Response:
    return _answer("\n".join((HERE / "css" / f"{part}.css").read_text() for part in STYLES[name]), "text/css")


def _answer(text: str, kind: str) -> Response:
    answer = Response(text, mimetype=kind)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-cache"
    # Pages of any origin load these, also where they ask for isolation.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
