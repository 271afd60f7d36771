"""Sending the outbox: once, to everyone it can reach, for days if it must."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs

from app.billing.mail import notices, outbox
from app.clock import utc_now
from app.database.conditions import NOT_NOW
from app.extensions import db
from app.language import speaking
from app.models import Mail, MailState, Organization, PaymentMethod, Role
from app.notify.emails import CardExpiring, DailyLimitChanged, EnvelopeCut, PasswordLink
from app.notify.server import SmtpServer
from app.notify.smtp import Smtp
from app.people import memberships
from tests.factories import OWNER, a_card, a_person, an_organization, usd
from tests.support.database import owner
from tests.support.mail_server import MailServer, running
from tests.support.sandbox import work_through

SAMPLE = EnvelopeCut(campaign="Recall", taken=usd("15"), left=usd("25"), until=date(2027, 1, 31))


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    """The application's mail goes to a real mail server."""
    with running() as started:
        kept = app.extensions["mail_transport"]
        app.extensions["mail_transport"] = Smtp(SmtpServer.parse(f"smtp://{started.address}"), "a@b.example")
        yield started
        app.extensions["mail_transport"] = kept


def a_mail(*recipients: str) -> Mail:
    """An email in the outbox of an organization with these recipients."""
    organization = an_organization("Birch Clinic")
    organization.billing_emails = list(recipients)
    write(organization, a_card(organization))
    db.session.commit()
    return db.session.execute(db.select(Mail)).scalar_one()


def write(organization: Organization, card: PaymentMethod) -> None:
    email = CardExpiring(card=card.label, last_day=utc_now().date(), days_left=0, is_default=True)
    notices.card_expiring(card, email, notice_days=7)


def now_due(mail: Mail) -> None:
    """Let the time until its next try have passed."""
    mail.next_try_at = utc_now()
    db.session.commit()


def deliver(mail: Mail) -> MailState | None:
    state = outbox.deliver(mail.org_id, mail.id)
    db.session.refresh(mail)
    return state


def reached(server: MailServer) -> list[str]:
    return [recipient for recipient, _ in server.taken]


def test_each_recipient_gets_a_mail_of_their_own_once(app: Flask, server: MailServer) -> None:
    mail = a_mail("a@x.example", "b@x.example")
    assert deliver(mail) is MailState.SENT
    assert deliver(mail) is None
    work_through(app)
    assert reached(server) == ["a@x.example", "b@x.example"]
    assert [sent["To"] for _, sent in server.taken] == ["a@x.example", "b@x.example"]


def test_the_same_thing_is_written_once(app: Flask) -> None:
    mail = a_mail("a@x.example")
    organization = db.session.get_one(Organization, mail.org_id)
    card = db.session.execute(db.select(PaymentMethod)).scalar_one()
    write(organization, card)
    db.session.commit()
    assert db.session.query(Mail).count() == 1


def test_where_no_one_is_named_the_owners_are_written_to(app: Flask, server: MailServer) -> None:
    mail = a_mail()
    organization = db.session.get_one(Organization, mail.org_id)
    owner = a_person("owner@x.example", organization=organization)
    assert deliver(mail) is MailState.SENT
    assert reached(server) == [owner.email]


def test_a_refused_recipient_does_not_hold_the_others_back(app: Flask, server: MailServer) -> None:
    server.answers["gone@x.example"] = "550 no such user"
    mail = a_mail("gone@x.example", "b@x.example")
    assert deliver(mail) is MailState.SENT
    assert reached(server) == ["b@x.example"]
    assert mail.refused == {"gone@x.example": "550 no such user"}


def test_where_everyone_is_refused_it_has_failed_and_shows(app: Flask, server: MailServer) -> None:
    server.answers["gone@x.example"] = "550 no such user"
    mail = a_mail("gone@x.example")
    assert deliver(mail) is MailState.FAILED
    assert outbox.newest(limit=9, failed=True) == [mail]


def test_a_recipient_put_off_is_tried_again_and_the_others_get_it_once(
    app: Flask, server: MailServer
) -> None:
    server.answers["busy@x.example"] = "451 greylisted"
    mail = a_mail("a@x.example", "busy@x.example", "c@x.example")
    assert deliver(mail) is MailState.WAITING
    assert mail.note == "451 greylisted"
    server.answers.clear()
    now_due(mail)
    assert deliver(mail) is MailState.SENT
    assert reached(server) == ["a@x.example", "c@x.example", "busy@x.example"]


def test_while_the_server_is_away_the_tries_get_rarer_and_end_after_days(app: Flask) -> None:
    waits = [outbox.wait_after(attempt) for attempt in range(1, outbox.MAX_ATTEMPTS)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=5)


def test_a_server_that_comes_back_gets_what_waited(app: Flask, server: MailServer) -> None:
    away = app.extensions["mail_transport"]
    app.extensions["mail_transport"] = Smtp(SmtpServer("127.0.0.1", 1, "none"), "a@b.example")
    mail = a_mail("a@x.example")
    assert deliver(mail) is MailState.WAITING
    assert deliver(mail) is None, "it is not due yet"
    app.extensions["mail_transport"] = away
    now_due(mail)
    assert deliver(mail) is MailState.SENT


def test_after_the_last_attempt_it_fails_and_an_operator_can_resend_it(
    app: Flask, server: MailServer
) -> None:
    back = app.extensions["mail_transport"]
    app.extensions["mail_transport"] = Smtp(SmtpServer("127.0.0.1", 1, "none"), "a@b.example")
    mail = a_mail("a@x.example")
    mail.attempts = outbox.MAX_ATTEMPTS - 1
    db.session.commit()
    assert deliver(mail) is MailState.FAILED
    app.extensions["mail_transport"] = back
    outbox.retry(mail)
    db.session.commit()
    work_through(app)
    assert reached(server) == ["a@x.example"]


def test_a_process_killed_while_sending_repeats_one_mail_rather_than_lose_any(
    app: Flask, server: MailServer
) -> None:
    mail = a_mail("a@x.example", "b@x.example")
    # It died after the first recipient was noted and the second had their mail, but not its note.
    assert deliver(mail) is MailState.SENT
    first_ids = [sent["Message-ID"] for _, sent in server.taken]
    mail.state, mail.delivered_to = MailState.WAITING, ["a@x.example"]
    mail.next_try_at = utc_now() + outbox.CLAIMED_FOR
    db.session.commit()
    assert deliver(mail) is None, "another process may still be at it"
    mail.next_try_at = utc_now() - outbox.STALE_AFTER - timedelta(seconds=1)
    db.session.commit()
    assert outbox.find_stale() == [(mail.org_id, mail.id)]
    assert deliver(mail) is MailState.SENT
    assert reached(server) == ["a@x.example", "b@x.example", "b@x.example"]
    assert server.taken[-1][1]["Message-ID"] == first_ids[-1]


def test_an_email_waits_for_a_full_disk_and_is_no_defect(app: Flask, server: MailServer) -> None:
    mail = a_mail("a@x.example")
    with owner().begin() as connection:
        connection.execute(
            text("""
            CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER full_disk BEFORE UPDATE ON mail FOR EACH ROW
            WHEN (NEW.delivered_to <> OLD.delivered_to) EXECUTE FUNCTION full_disk()""")
        )
    try:
        with capture_logs() as logs:
            assert deliver(mail) is MailState.WAITING
    finally:
        db.session.rollback()
        with owner().begin() as connection:
            connection.execute(text("DROP TRIGGER full_disk ON mail; DROP FUNCTION full_disk()"))
    assert [(one["what"], one["condition"]) for one in logs if one["event"] == NOT_NOW] == [
        ("mail_not_written", "disk_full")
    ]
    assert [one["event"] for one in logs if one["log_level"] == "error"] == []
    assert mail.next_try_at > utc_now()
    assert mail.attempts == 0, "it isn't a try that counts"
    mail.next_try_at = utc_now()
    db.session.commit()
    assert deliver(mail) is MailState.SENT


def test_each_recipient_reads_it_in_their_language_and_one_without_an_account_in_the_owners(
    app: Flask, server: MailServer
) -> None:
    mail = a_mail("us@x.example", "gb@x.example", "books@accountants.example", "ie@x.example")
    organization = db.session.get_one(Organization, mail.org_id)
    owner = a_person("gb@x.example", organization=organization)
    owner.language = "en_GB"
    for address, browser in (("us@x.example", None), ("ie@x.example", "en_IE")):
        a_person(address, organization=organization, role=Role.MEMBER).browser_language = browser
    db.session.commit()
    with speaking("en_AU"):
        assert deliver(mail) is MailState.SENT
    sent = {to: (made["Content-Language"], made["Subject"]) for to, made in server.taken}
    assert {to: language for to, (language, _) in sent.items()} == {
        "us@x.example": "en-US",
        "gb@x.example": "en-GB",
        "books@accountants.example": "en-GB",
        "ie@x.example": "en-IE",
    }
    assert sent["us@x.example"][1] != sent["gb@x.example"][1], "days are written in another order"
    assert sorted([mail.locale or "", *mail.in_other_locales]) == ["en_GB", "en_IE", "en_US"]
    assert outbox.as_read(mail).language == "en-US", "as its first reader sees it"


def test_what_was_sent_stays_as_it_was_read(app: Flask, server: MailServer) -> None:
    mail = a_mail("a@x.example")
    deliver(mail)
    db.session.get_one(Organization, mail.org_id).name = "Renamed"
    db.session.commit()
    assert "Birch Clinic" in outbox.as_read(mail).subject


def test_a_mail_that_can_not_be_written_waits_for_a_release_that_can(app: Flask, server: MailServer) -> None:
    mail = a_mail("a@x.example")
    mail.kind = "of_a_later_release"
    db.session.commit()
    assert deliver(mail) is MailState.WAITING
    assert mail.note == "KeyError: 'of_a_later_release'"


def test_a_mail_that_is_not_there_is_said_to_be_missing(app: Flask) -> None:
    with pytest.raises(outbox.MailNotFoundError):
        outbox.find(UUID(int=0))


def test_a_link_that_opens_something_is_not_kept_once_it_was_sent(app: Flask, server: MailServer) -> None:
    organization = an_organization()
    a_person(organization=organization)
    email = PasswordLink(email="a@x.example", path="/set-password/s3cr3t", hours=2, at=utc_now())
    notices.personal(organization.id, email, to="a@x.example", source="test")
    db.session.commit()
    mail = db.session.execute(db.select(Mail)).scalar_one()
    assert deliver(mail) is MailState.SENT
    assert reached(server) == ["a@x.example"], "it is for no one else"
    assert "/set-password/s3cr3t" in server.taken[0][1].get_body().get_content()
    assert "s3cr3t" not in f"{mail.facts}{mail.text}{mail.html}"
    assert outbox.as_read(mail).subject


@pytest.mark.long
def test_who_lost_the_role_before_it_was_sent_gets_nothing_that_only_the_role_sees(
    app: Flask, server: MailServer
) -> None:
    """While the mail server was away: an owner is removed, another becomes a member, a recipient is replaced."""
    organization = an_organization("Birch Clinic")
    stays, goes, falls = (a_person(organization=organization) for _ in range(3))
    organization.billing_emails = ["books@birch.example"]
    facts = DailyLimitChanged(before=usd("500"), after=usd("900"), by=stays.email, at=utc_now())
    notices.to_everyone(organization, facts, source="limit")
    notices.to_owners(organization.id, SAMPLE, source="envelope")
    db.session.flush()
    memberships.remove(organization, goes, OWNER)
    memberships.assign_role(organization, falls, Role.MEMBER, OWNER)
    organization.billing_emails = ["cfo@birch.example"]
    db.session.commit()
    work_through(app)
    about = {
        (to, "limit" in mail["Subject"]) for to, mail in server.taken if "owner of" not in mail["Subject"]
    }
    assert about == {(stays.email, True), (stays.email, False)}
    told = {to for to, mail in server.taken if "is no longer an owner" in mail["Subject"]}
    assert told == {stays.email, goes.email, falls.email}, "of that, those who lost it are told in any case"
    unsent = db.session.scalars(db.select(Mail).where(Mail.state == MailState.FAILED)).all()
    assert {one.note for one in unsent} == {"Its reader no longer has the role for it."}
    assert len(unsent) == 5


def test_what_is_over_is_kept_from_those_who_do_not_have_it_yet(app: Flask, server: MailServer) -> None:
    mail = a_mail("a@x.example", "b@x.example")
    mail.delivered_to = ["a@x.example"]
    now_due(mail)
    assert outbox.deliver(mail.org_id, mail.id, is_over=lambda _: True) is MailState.SENT
    db.session.refresh(mail)
    assert (mail.delivered_to, mail.sent_at is not None, reached(server)) == (["a@x.example"], True, [])
