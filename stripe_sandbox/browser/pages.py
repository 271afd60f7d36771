"""Every page's policy: its own scripts and styles, and who may put it in a frame."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, render_template, request


def page(template: str, *, framed: bool = False, form_to: str = "", **content: object) -> Response:
    """A page under a strict policy; `framed` ones are shown inside any page, and `form_to` may be sent to."""
    answer = Response(render_template(f"stripe_sandbox/{template}", scheme=_scheme(), **content))
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "data:",
        "connect-src": "'self'",
        "form-action": f"'self' {form_to}".strip(),
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
    }
    if not framed:
        policy["frame-ancestors"] = "'none'"
    answer.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def origin_of(address: str) -> str:
    """The origin of an http address; empty for anything else."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.netloc else ""


def _scheme() -> str | None:
    """The color scheme that the embedding page asks for."""
    asked = request.args.get("scheme")
    return asked if asked in {"light", "dark"} else None
