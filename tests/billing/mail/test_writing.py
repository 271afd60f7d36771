"""An email is composed once in each language that is read, and kept as it was sent."""

from __future__ import annotations

from flask import Flask

from app.billing.mail import notices, writing
from app.extensions import db
from app.models import Mail, Organization
from app.notify.emails import AlertTest, PasswordLink
from tests.factories import an_organization, at


def a_mail(organization: Organization) -> Mail:
    email = AlertTest(channel="Ops (Slack)", by="Dana Reed", at=at("2026-11-24 14:05"))
    notices.to_recipients(organization.id, email, source="test")
    db.session.commit()
    return db.session.scalars(db.select(Mail)).one()


def test_each_language_is_kept_as_it_was_sent(app: Flask) -> None:
    organization = an_organization("Harbor Dental", timezone="America/New_York")
    mail = a_mail(organization)
    assert mail.subject is None
    american, british = writing.keep(mail, "en_US"), writing.keep(mail, "en_GB")
    db.session.commit()
    assert "November 24, 2026" in american.text and "24 November 2026" in british.text
    assert (american.language, british.language) == ("en-US", "en-GB")
    assert (mail.locale, mail.text) == ("en_US", american.text)
    assert list(mail.in_other_locales) == ["en_GB"]
    organization.name = "Harbor Smiles"
    db.session.commit()
    assert writing.written(mail, "en_US") == writing.keep(mail, "en_US") == american
    assert writing.written(mail, "en_GB") == british
    assert "Harbor Smiles" in writing.written(mail, "en_NZ").text, "as it would be now"


def test_an_email_from_before_is_read_as_it_was_sent(app: Flask) -> None:
    mail = a_mail(an_organization())
    mail.subject, mail.text, mail.html = "Then", "Then\n", "<p>Then</p>\n"
    db.session.commit()
    assert writing.written(mail, "en_US").subject == "Then"


def test_a_secret_is_erased_in_every_language(app: Flask) -> None:
    organization = an_organization()
    email = PasswordLink(email="a@x.example", path="/set-password/s3cr3t", hours=2, at=at("2026-11-24 14:05"))
    notices.personal(organization.id, email, to="a@x.example", source="test")
    db.session.execute(db.update(Mail).values(created_at=at("2026-11-24 14:05")))
    db.session.commit()
    mail = db.session.scalars(db.select(Mail)).one()
    for locale in ("en_US", "en_GB", "en_AU"):
        assert "s3cr3t" in writing.keep(mail, locale).text
    writing.erase(mail, "/set-password/s3cr3t")
    db.session.commit()
    assert "s3cr3t" not in f"{mail.text}{mail.html}{mail.in_other_locales}"
    assert list(mail.in_other_locales) == ["en_GB", "en_AU"]
