"""The portal: its people, its screens, and the two addresses that billing needs of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from flask import Flask, abort, jsonify, request
from werkzeug.wrappers import Response

from shell_demo import screens, sign_in
from shell_demo.people import Person
from shell_demo.tokens import Signer


def create_app(*, billing: str, people: Iterable[Person]) -> Flask:
    """The portal. `billing` is the origin of Billing & wallet, like https://billing.example."""
    app = Flask(__name__)
    # Every start signs everyone out. A real portal keeps its secret.
    app.config.update(
        SECRET_KEY=secrets.token_hex(), SESSION_COOKIE_NAME="portal", SESSION_COOKIE_SAMESITE="Lax"
    )
    app.config["PEOPLE"] = {person.id: person for person in people}
    app.jinja_env.globals["billing"] = billing
    signer = Signer()

    @app.get("/.well-known/jwks.json")
    def public_keys() -> Response:
        """SHELL_JWKS_URL: billing fetches it, the browser doesn't."""
        return jsonify(signer.public_keys())

    @app.post("/billing-token")
    def billing_token() -> tuple[Response, int]:
        """`token-url` of the elements: a token for the person of this portal's own session, or 401."""
        person = sign_in.who()
        if person is None:
            return jsonify(error="No one is signed in."), 401
        return jsonify(token=signer.token(person, sign_in.signed_in_at())), 200

    @app.before_request
    def refuse_other_sites() -> None:
        """What changes something, or hands out a token, comes from a page of ours."""
        if request.method == "POST" and request.headers.get("Origin") != request.host_url.rstrip("/"):
            abort(403)

    @app.after_request
    def say_what_pages_may_load(response: Response) -> Response:
        """No inline code, and of other origins billing's only: its script, its frame, and the form into its frame."""
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' {billing}; style-src 'self'; img-src 'self'; "
            f"connect-src 'self' {billing}; frame-src {billing}; form-action 'self' {billing}; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        # Not no-referrer: billing checks which origin posts the token.
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(screens.blueprint)
    return app
