"""Security headers. The Content-Security-Policy allows no inline script or style and no `eval`.

Stripe's origins are those that it asks for: https://docs.stripe.com/security/guide#content-security-policy.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response

from config import Settings

_STRIPE = "https://js.stripe.com https://*.js.stripe.com"


def init_app(app: Flask) -> None:
    """Put the headers on every answer."""
    headers = _headers(app.config["SETTINGS"])

    def add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    app.after_request(add)


def content_security_policy(settings: Settings) -> str:
    """The policy of every page, with Stripe's origins or those of its stand-in."""
    if settings.uses_sandbox:
        origin = _origin(settings.stripe_js_url)
        script, frame, connect = origin, origin, f"{origin} {_origin(settings.stripe_api_base)}"
    else:
        script, frame, connect = _STRIPE, f"{_STRIPE} https://hooks.stripe.com", "https://api.stripe.com"
    ancestors = " ".join(("'self'", *settings.shell_origins))
    directives = {
        "default-src": "'none'",
        "script-src": f"'self' {script}",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": f"'self' {connect}",
        "frame-src": frame,
        "form-action": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": ancestors,
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _headers(settings: Settings) -> dict[str, str]:
    payment = "https://js.stripe.com" if not settings.uses_sandbox else _origin(settings.stripe_js_url)
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": f'payment=(self "{payment}"), camera=(), microphone=(), geolocation=()',
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if not settings.shell_origins:
        headers["X-Frame-Options"] = "SAMEORIGIN"
    if settings.is_production:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
