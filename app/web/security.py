"""Security headers of every response: of pages and all others, and of static files, which need few."""

from __future__ import annotations

from flask import Flask, Response

from app.web import assets, content_security_policy
from app.web.content_security_policy import NO_PAGE, origin_of
from config import Settings

_POLICY = "Content-Security-Policy"
_OF_FILES = (
    "X-Content-Type-Options",
    "Cross-Origin-Resource-Policy",
    "Strict-Transport-Security",
)
"""What counts for a script, a style or an image. What a page may load, and who may frame it, the page itself says:
only an image can be opened as one."""


def init_app(app: Flask) -> None:
    """Add the headers to every response."""
    headers = headers_of(app.config["SETTINGS"])
    of_files = {name: headers[name] for name in _OF_FILES if name in headers}
    of_images = of_files | {_POLICY: NO_PAGE}
    known = {name: name.lower() for name in headers}

    def for_(response: Response) -> dict[str, str]:
        if not assets.is_file(response):
            return headers
        return of_images if (response.mimetype or "").startswith("image/") else of_files

    def add(response: Response) -> Response:
        own = {name.lower() for name in response.headers.keys()}  # noqa: SIM118, headers have no keys of their own
        for name, value in for_(response).items():
            if known[name] not in own:
                response.headers.add(name, value)
        return response

    app.after_request(add)


def headers_of(settings: Settings) -> dict[str, str]:
    """The headers by name; a response's own header takes precedence."""
    stripe_js = origin_of(settings.stripe_js_url)
    headers = {
        _POLICY: content_security_policy.policy(settings),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        # What the Payment Request API needs in Stripe's frames (https://www.w3.org/TR/payment-request/#permissions-policy).
        # No form offers a wallet (`static/js/payment_fields.js`), and no one else's frame may ask for one.
        "Permissions-Policy": f'payment=(self "{stripe_js}"), camera=(), microphone=(), geolocation=()',
        # A window that opened this page has no hold on it. With plain `same-origin`, a window that the bank's frame
        # opens for 3-D Secure would lose its way back to that frame, which is of another origin than the page
        # (https://html.spec.whatwg.org/multipage/document-sequences.html#the-rules-for-choosing-a-navigable).
        # No Cross-Origin-Embedder-Policy: Stripe's frames don't load under one
        # (https://github.com/stripe/stripe-js/issues/417).
        "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
        # The shell is on the same site; where it asks for isolation, the pages in its frame must allow that.
        "Cross-Origin-Resource-Policy": "same-site" if settings.shell_origins else "same-origin",
        "Cache-Control": "no-store",
    }
    optional = {
        "Reporting-Endpoints": content_security_policy.endpoints(settings),
        "Content-Security-Policy-Report-Only": content_security_policy.reported_only(settings),
    }
    headers |= {name: value for name, value in optional.items() if value}
    # For browsers that don't know `frame-ancestors`, which others heed instead; it can't name a shell.
    if not settings.shell_origins:
        headers["X-Frame-Options"] = "DENY"
    if settings.is_production:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers
