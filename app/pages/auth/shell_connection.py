"""`/account/shell/connect`: someone who has an account here connects it with who they are in the shell.

The shell's element posts a token in a window of its own. What it says waits in a signed cookie of this browser, while
its person signs in to the account as before. Only the account of the address that the shell vouches for can be
connected, and only after confirming, so no one can lend their own place in the shell to another's account. It says
who someone is, and gives no role: that may have been taken away since, and the next token in the frame says it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

import structlog
from flask import make_response, redirect, render_template, request, url_for
from itsdangerous import BadData
from werkzeug.wrappers import Response

from app import signing
from app.own_pages import own_address
from app.pages.actor import current_actor
from app.pages.auth.blueprint import blueprint
from app.people.external import admission
from app.people.external.claims import Claims
from app.people.external.identities import IdentityError
from app.shell import SHELL_NAME, ShellToken
from app.shell import current as trusted_shell
from app.transaction import end_reading, transaction
from app.web import cookies
from app.web.identity import current_identity, person_required
from app.web.step_up import Change, confirmation_required

log = structlog.get_logger("billing.shell")

VALID_FOR = timedelta(minutes=15)
"""How long a token's word waits for its person to sign in."""
COOKIE = "shell_connection"
_SALT = "shell-connection"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a token said of its person. `shell` is the origin of the page that posted it, empty if unknown; `path` the
    page of ours that it was to show."""

    issuer: str
    subject: str
    email: str
    name: str
    org_name: str
    shell: str
    path: str
    key: str
    """The thumbprint of the key that signed it: once the shell withdraws that, it is worth nothing."""

    def claims(self) -> Claims:
        """As verified claims of the shell, without a role."""
        return Claims(
            issuer=self.issuer,
            issuer_name=SHELL_NAME,
            subject=self.subject,
            email=self.email,
            email_is_verified=True,
            name=self.name,
            organization_id=None,
            organization_name="",
            role=None,
            names_all=False,
        )


def begin(token: ShellToken) -> Response:
    """Keep what a token says for this browser, and lead to the page that connects it."""
    path = own_address(request.form.get("path"), otherwise="")
    waiting = Waiting(
        issuer=token.issuer,
        subject=token.subject,
        email=token.email,
        name=token.name,
        org_name=token.org_name,
        shell=request.headers.get("Origin", ""),
        path="" if path == url_for("auth.connect_shell") else path,
        key=token.key,
    )
    response = redirect(url_for("auth.connect_shell"), 303)
    value = str(signing.serializer(_SALT).dumps(asdict(waiting)))
    cookies.write(response, COOKIE, value, kept_for=VALID_FOR)
    return response


@blueprint.get("/account/shell/connect")
@person_required
def connect_shell() -> str:
    """Ask whether to connect the account."""
    return _page()


@blueprint.post("/account/shell/connect")
@person_required
@confirmation_required(Change.SIGN_IN)
def confirm_shell_connection() -> Response | tuple[str, int]:
    """Connect it."""
    waiting = _of_request()
    # The keys are fetched: no connection is held meanwhile.
    end_reading()
    if waiting is None or not _is_still_signed(waiting):
        return _page(is_void=True), 422
    try:
        with transaction():
            admission.connect(current_identity().user, waiting.claims(), current_actor())
    except IdentityError as error:
        return _page(str(error)), 422
    response = make_response(render_template("auth/shell_connected.html", waiting=waiting))
    cookies.remove(response, COOKIE)
    return response


def _is_still_signed(waiting: Waiting) -> bool:
    shell = trusted_shell()
    if shell is not None and shell.publishes(waiting.key):
        return True
    log.warning("shell_connection_refused", detail="the key that signed the token is no longer published")
    return False


def _page(problem: str = "", *, is_void: bool = False) -> str:
    waiting = None if is_void else _of_request()
    is_theirs = waiting is not None and waiting.email.lower() == current_identity().user.email.lower()
    return render_template("auth/connect_shell.html", waiting=waiting, is_theirs=is_theirs, problem=problem)


def _of_request() -> Waiting | None:
    """What waits in this browser, while the shell is trusted that said it."""
    shell = trusted_shell()
    try:
        found = signing.serializer(_SALT).loads(cookies.read(COOKIE), max_age=int(VALID_FOR.total_seconds()))
        waiting = Waiting(**found)
    except (BadData, TypeError):
        return None
    return waiting if shell is not None and waiting.issuer == shell.issuer else None
