"""What a page may load, run, send to and be shown in.

`script-src` lists origins, without a nonce or `'strict-dynamic'`: the latter would make browsers ignore the origins
and let a running script load others from anywhere (https://www.w3.org/TR/CSP3/#strict-dynamic-usage), while here a
script comes from ourselves or from Stripe. No page has an inline script that would need a nonce, and none of our
answers but static files is JavaScript (`nosniff`).

Stripe's origins are those that Stripe.js asks for: https://docs.stripe.com/security/guide#content-security-policy.
Left out of that list: maps.googleapis.com, which only the Address Element's suggestions need. Stripe.js shows images
in its own frames; `https://*.stripe.com` for images is for Checkout and Connect, which these pages don't have.

Forms only go to our own origin. Chromium also applies `form-action` to the redirect after a form
(https://github.com/w3c/webappsec-csp/issues/8), so no form redirects elsewhere: receipts are links, and Stripe.js
leaves for a bank's page by setting the address.

Trusted Types keep strings from becoming scripts. `static/js/trusted_types.js` makes both policies: `inspect` for its
own use, and `default`, through which Stripe.js loads its parts too (https://github.com/stripe/stripe-js/issues/403).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from config import Settings

REPORTS = "/csp-reports"
_ENDPOINT = "csp"

TRUSTED_TYPES = {
    "require-trusted-types-for": "'script'",
    "trusted-types": "default inspect",
}
_STRIPE = "https://js.stripe.com https://*.js.stripe.com"

NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
"""For responses to programs: a browser that shows one runs and loads nothing from it."""


def policy(settings: Settings, *, frames: str = "") -> str:
    """The policy of every page, with Stripe's origins or those of its stand-in; `frames` are also allowed."""
    if settings.uses_sandbox:
        origin = origin_of(settings.stripe_js_url)
        script, frame, connect = origin, origin, f"{origin} {origin_of(settings.stripe_api_base)}"
    else:
        script, frame, connect = _STRIPE, f"{_STRIPE} https://hooks.stripe.com", "https://api.stripe.com"
    directives = {
        "default-src": "'none'",
        "script-src": f"'self' {script}",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": f"'self' {connect}",
        "frame-src": f"{frame} {frames}".strip(),
        "worker-src": "'none'",
        "object-src": "'none'",
        "form-action": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": " ".join(settings.shell_origins) or "'none'",
    }
    if settings.trusted_types == "enforce":
        directives |= TRUSTED_TYPES
    if settings.is_production:
        directives["upgrade-insecure-requests"] = ""
    return _joined(directives | _reporting(settings))


def console_policy(settings: Settings) -> str:
    """The policy of the operators' console: no frame, nothing of Stripe's, nothing from elsewhere."""
    own = ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "manifest-src")
    none = ("default-src", "frame-src", "worker-src", "object-src", "base-uri", "frame-ancestors")
    directives = dict.fromkeys(none, "'none'") | dict.fromkeys(own, "'self'") | TRUSTED_TYPES
    if settings.is_production:
        directives["upgrade-insecure-requests"] = ""
    return _joined(directives | _reporting(settings))


def endpoints(settings: Settings) -> str | None:
    """The header `Reporting-Endpoints`, if browsers support it here: they only send such reports from and to
    https."""
    return f'{_ENDPOINT}="{REPORTS}"' if settings.public_url.startswith("https://") else None


def reported_only(settings: Settings) -> str | None:
    """Directives that are only reported, not enforced."""
    return _joined(TRUSTED_TYPES | _reporting(settings)) if settings.trusted_types == "report" else None


def _reporting(settings: Settings) -> dict[str, str]:
    """A browser that supports `report-to` ignores `report-uri` (https://www.w3.org/TR/CSP3/#directive-report-uri)."""
    return {"report-uri": REPORTS} | ({"report-to": _ENDPOINT} if endpoints(settings) else {})


def origin_of(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _joined(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}".strip() for name, value in directives.items())
