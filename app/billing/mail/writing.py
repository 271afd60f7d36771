"""What an email says in each language that its recipients read: composed at the first attempt to send, then kept."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from app import language, notify
from app.extensions import db
from app.models import Mail, Organization
from app.notify import emails
from app.notify.composition import Readers, compose, tag_of
from app.notify.mime import Written


class _Kept(TypedDict):
    subject: str
    text: str
    html: str


def readers_of(org_id: UUID, locale: str) -> Readers:
    """Who reads what is written to an organization, in a locale."""
    organization, site = db.session.get_one(Organization, org_id), notify.site()
    return Readers(
        organization=organization.name,
        slug=organization.slug,
        timezone=organization.timezone,
        public_url=site.public_url,
        support_email=site.support_email,
        locale=locale,
    )


def written(mail: Mail, locale: str) -> Written:
    """The email in a locale: as it was sent, or as it would be now."""
    kept = _kept(mail).get(locale)
    if kept is not None:
        return Written(**kept, language=tag_of(locale))
    return compose(emails.unpack(mail.kind, mail.facts), readers_of(mail.org_id, locale))


def keep(mail: Mail, locale: str) -> Written:
    """The same, and keep it as it is sent. In the caller's transaction."""
    words = written(mail, locale)
    if locale in _kept(mail):
        return words
    if mail.subject is None:
        mail.locale, mail.subject, mail.text, mail.html = locale, words.subject, words.text, words.html
    else:
        kept = _Kept(subject=words.subject, text=words.text, html=words.html)
        mail.in_other_locales = {**mail.in_other_locales, locale: kept}
    return words


def erase(mail: Mail, secret: str) -> None:
    """Erase what grants access from all that is kept. In the caller's transaction."""
    mail.text, mail.html = ((words or "").replace(secret, "…") for words in (mail.text, mail.html))
    mail.in_other_locales = {
        locale: {part: words.replace(secret, "…") for part, words in kept.items()}
        for locale, kept in mail.in_other_locales.items()
    }


def _kept(mail: Mail) -> dict[str, _Kept]:
    """What is kept, by locale. Without one it was sent before there were any."""
    if mail.subject is None or mail.text is None or mail.html is None:
        return {}
    first = _Kept(subject=mail.subject, text=mail.text, html=mail.html)
    return {mail.locale or language.DEFAULT: first, **mail.in_other_locales}
