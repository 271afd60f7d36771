"""Commands about mail: who gets it, what could not be sent, and sending it again."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from app.billing.mail import notices
from app.clock import utc_now
from app.extensions import db
from app.models import Mail, MailState, Organization
from app.notify.emails import CardExpiring
from tests.factories import a_card, a_person, an_organization


def run(app: Flask, *arguments: str) -> str:
    return app.test_cli_runner().invoke(args=list(arguments)).output


def a_mail(organization: Organization, *, state: MailState = MailState.WAITING) -> Mail:
    card = a_card(organization, default=False)
    email = CardExpiring(card=card.label, last_day=utc_now().date(), days_left=0, is_default=False)
    notices.card_expiring(card, email, notice_days=7)
    db.session.commit()
    mail: Mail = db.session.scalars(db.select(Mail).order_by(Mail.created_at.desc()).limit(1)).one()
    mail.state = state
    if state is MailState.FAILED:
        mail.note = "535 wrong password"
    db.session.commit()
    return mail


def test_recipients_are_named_shown_and_given_back_to_the_owners(app: Flask) -> None:
    organization = an_organization("Birch Clinic")
    owner = a_person(organization=organization)
    show = ("organization", "recipients", "birch-clinic")
    assert f"(owners): {owner.email}" in run(app, *show)
    assert "(named): a@x.example, b@x.example" in run(app, *show, "a@x.example", "b@x.example", "A@x.example")
    assert "(named): a@x.example, b@x.example" in run(app, *show)
    assert f"(owners): {owner.email}" in run(app, *show, "--owners")


def test_a_recipient_that_is_no_address_changes_nothing_and_is_named(app: Flask) -> None:
    an_organization("Birch Clinic")
    show = ("organization", "recipients", "birch-clinic")
    run(app, *show, "a@x.example")
    assert "'b@' is not an email address" in run(app, *show, "c@x.example", "b@")
    assert "Give addresses or --owners" in run(app, *show, "c@x.example", "--owners")
    assert "(named): a@x.example" in run(app, *show)
    assert "Known: birch-clinic" in run(app, "organization", "recipients", "oak", "a@x.example")


def test_failed_mails_are_listed_with_their_reason_and_tried_again(app: Flask) -> None:
    organization = an_organization("Birch Clinic")
    assert "No failed emails." in run(app, "mail", "list", "--failed")
    waiting, failed = a_mail(organization), a_mail(organization, state=MailState.FAILED)
    listed = run(app, "mail", "list", "--failed", "--organization", "birch-clinic")
    assert str(failed.id) in listed
    assert "535 wrong password" in listed
    assert str(waiting.id) not in listed
    assert str(waiting.id) in run(app, "mail", "list")
    assert "1 queued to be sent again" in run(app, "mail", "retry", str(failed.id))
    db.session.refresh(failed)
    assert failed.state is MailState.WAITING


def test_all_that_failed_are_tried_again_immediately(app: Flask) -> None:
    organization = an_organization()
    for state in (MailState.FAILED, MailState.FAILED, MailState.SENT):
        a_mail(organization, state=state)
    assert "2 queued to be sent again" in run(app, "mail", "retry", "--all-failed")


def test_what_to_retry_has_to_be_said(app: Flask) -> None:
    assert "Give the id of one email, or use --all-failed." in run(app, "mail", "retry")
    assert "No email" in run(app, "mail", "retry", str(UUID(int=0)))


def test_a_test_mail_says_whether_the_settings_are_right(app: Flask) -> None:
    assert "Sent to me@x.example." in run(app, "mail", "test", "me@x.example")
    assert "Not sent" in run(app, "mail", "test", "me@x.example\nBcc: b@x.example")
