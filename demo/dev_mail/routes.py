"""`/dev/mail`: the newest emails, and each as its readers see it.

Open to anyone who can reach the demo, where everything is fictional; `demo.application` registers it nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, render_template

from app.billing.mail import outbox
from app.billing.mail.outbox import MailNotFoundError
from app.extensions import db
from app.models import Mail, MailState, Organization
from app.models.scope import Reason, see_all
from app.web import content_security_policy, error_pages
from demo.dev_mail import chat_messages

blueprint = Blueprint(
    "dev_mail", __name__, url_prefix="/dev/mail", template_folder="templates", static_folder="static"
)

_SHOWN = 100
_SHOWN_MESSAGES = 20
_HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""What an email reader allows: the mail's own styles, and links that open elsewhere. No script, no image, no form."""


@dataclass(frozen=True, slots=True)
class MailView:
    """An email as the pages show it."""

    id: UUID
    organization: str
    created_at: datetime
    subject: str
    text: str
    recipients: str
    label: str
    tone: str
    note: str


@blueprint.before_request
def _see_every_organization() -> None:
    see_all(db.session(), Reason.DEV_MAIL)


@blueprint.get("")
def index() -> Response:
    """The newest emails of all organizations."""
    return _page(
        "dev_mail/index.html",
        mails=[_view(mail) for mail in outbox.newest(limit=_SHOWN)],
        chat=chat_messages.newest(_SHOWN_MESSAGES),
    )


@blueprint.get("/<uuid:mail_id>")
def show(mail_id: UUID) -> Response:
    """One mail: to whom, its HTML in a frame, and its plain text."""
    return _page("dev_mail/show.html", mail=_view(outbox.find(mail_id)))


@blueprint.get("/<uuid:mail_id>/html")
def show_html(mail_id: UUID) -> Response:
    """The HTML part alone, under a policy of its own: mails carry their styles in their elements."""
    # In a frame, links open in a new tab instead of inside the frame.
    html = outbox.as_read(outbox.find(mail_id)).html.replace("<head>", '<head><base target="_blank">', 1)
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _HTML_POLICY
    return response


@blueprint.errorhandler(MailNotFoundError)
def _unknown(_: MailNotFoundError) -> Response:
    return error_pages.page(404, message="There is no such email.")


def _page(template: str, **context: object) -> Response:
    settings = current_app.config["SETTINGS"]
    response = make_response(render_template(template, kept=not settings.smtp_url, **context))
    # The mail is shown in a frame of ours.
    response.headers["Content-Security-Policy"] = content_security_policy.policy(settings, frames="'self'")
    return response


def _view(mail: Mail) -> MailView:
    organization = db.session.get_one(Organization, mail.org_id)
    words = outbox.as_read(mail)
    label, tone = {
        MailState.WAITING: ("Waiting", "warn"),
        MailState.SENT: ("Sent", "good"),
        MailState.FAILED: ("Failed", "bad"),
    }[mail.state]
    refused = [f"{address} rejected it: {reason}" for address, reason in mail.refused.items()]
    return MailView(
        id=mail.id,
        organization=organization.name,
        created_at=mail.created_at,
        subject=words.subject,
        text=words.text,
        recipients=", ".join(mail.delivered_to or outbox.recipients(mail)),
        label=label,
        tone=tone,
        note=". ".join([*filter(None, [mail.note]), *refused]),
    )
