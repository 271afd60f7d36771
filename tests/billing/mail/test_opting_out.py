"""Links that stop a kind of email: in the headers of those that can be stopped, for one address and one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from flask import Flask

from app import notify
from app.billing.mail import notices, opting_out, outbox
from app.billing.mail.opting_out import OptOut, OptOutLinkError
from app.extensions import db
from app.models import Mail, MailState, Organization, StoppedMail
from app.notify import emails
from app.notify.emails import Email
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.notify.emails.samples import EMAILS
from tests.notify.emails.samples.alerts import ALERT, DIGEST


class Sent:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    @contextmanager
    def connect(self) -> Iterator[Sent]:
        yield self

    def send(self, mail: EmailMessage, *, to: str) -> None:
        assert mail["To"] == to
        self.mails.append(mail)


@pytest.fixture
def sent(app: Flask) -> Iterator[Sent]:
    before, one = notify.transport(), Sent()
    notify._transport.set(one)
    yield one
    notify._transport.set(before)


def deliver(organization: Organization, email: Email, *, to: str | None = None) -> Mail:
    source = f"{email.kind}:{to}"
    with transaction():
        if to is None:
            notices.to_recipients(organization.id, email, source=source)
        else:
            notices.personal(organization.id, email, to=to, source=source)
    mail = db.session.scalars(db.select(Mail).filter_by(source=source)).one()
    outbox.deliver(organization.id, mail.id)
    return mail


@pytest.fixture
def organization(app: Flask) -> Organization:
    made = an_organization()
    made.billing_emails = ["ap@test.example", "Cfo@test.example"]
    db.session.commit()
    return made


def test_each_recipient_has_a_link_of_their_own(organization: Organization, sent: Sent) -> None:
    deliver(organization, ALERT)
    a_person("dana@test.example", organization=organization)
    deliver(organization, DIGEST, to="dana@test.example")
    links = []
    for mail in sent.mails:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        found = re.fullmatch(r"<(https?://[^>]+)/stop-alerts/([^/>]+)>", mail["List-Unsubscribe"])
        assert found is not None and found[1] == notify.site().public_url
        links.append(opting_out.read(found[2]))
        for part in ("plain", "html"):
            said = mail.get_body((part,)).get_content()
            assert said.count(f"{found[1]}/stop-alerts/{found[2]}") == 1 and "stop.invalid" not in said
    assert [(one.address, one.what) for one in links] == [
        ("ap@test.example", StoppedMail.ALERTS),
        ("Cfo@test.example", StoppedMail.ALERTS),
        ("dana@test.example", StoppedMail.DIGEST),
    ]
    assert {one.org_id for one in links} == {organization.id}


@pytest.mark.parametrize("email", EMAILS, ids=lambda email: email.kind)
def test_only_alerts_and_digests_can_be_stopped(app: Flask, email: Email) -> None:
    """Receipts, failed payments and news about security have no link: they have to be sent."""
    stoppable = {
        "credit_alert": "alerts", "credit_recovered": "alerts", "credit_ends": "alerts", "weekly_digest": "digest"
    }  # fmt: skip
    assert emails.kind(email.kind).opt_out == stoppable.get(email.kind)


def test_receipts_carry_no_link(organization: Organization, sent: Sent) -> None:
    email = next(one for one in EMAILS if one.kind == "charge")
    deliver(organization, email, to="cfo@test.example")
    assert "Stop these emails" not in sent.mails[0].as_string()
    assert "List-Unsubscribe" not in sent.mails[0] and "List-Unsubscribe-Post" not in sent.mails[0]


def test_who_stopped_one_kind_gets_the_others(organization: Organization, sent: Sent) -> None:
    with transaction():
        assert opting_out.add(OptOut(organization.id, "cfo@TEST.example", StoppedMail.ALERTS))
    with transaction():
        assert not opting_out.add(OptOut(organization.id, "cfo@test.example", StoppedMail.ALERTS))
    deliver(organization, ALERT)
    assert [mail["To"] for mail in sent.mails] == ["ap@test.example"]
    deliver(organization, DIGEST)
    assert [mail["To"] for mail in sent.mails[1:]] == ["ap@test.example", "Cfo@test.example"]
    with transaction():
        assert opting_out.end(OptOut(organization.id, "Cfo@test.example", StoppedMail.ALERTS))
        assert not opting_out.end(OptOut(organization.id, "Cfo@test.example", StoppedMail.ALERTS))
    assert opting_out.list_opted_out(organization.id) == []


def test_another_organization_still_writes_to_them(organization: Organization, sent: Sent) -> None:
    with transaction():
        opting_out.add(OptOut(organization.id, "ap@test.example", StoppedMail.ALERTS))
    other = an_organization()
    other.billing_emails = ["ap@test.example"]
    db.session.commit()
    deliver(other, ALERT)
    assert [mail["To"] for mail in sent.mails] == ["ap@test.example"]


def test_where_all_have_stopped_it_ends_without_an_alarm(app: Flask, sent: Sent) -> None:
    organization = an_organization()
    owner = a_person(organization=organization)
    with transaction():
        opting_out.add(OptOut(organization.id, owner.email, StoppedMail.ALERTS))
    mail = deliver(organization, ALERT)
    assert (mail.state, mail.note) == (MailState.FAILED, "Everyone has stopped emails of this kind.")
    assert sent.mails == []


def test_what_is_no_link_of_ours(organization: Organization) -> None:
    path = opting_out.path_of(OptOut(organization.id, "ap@test.example", StoppedMail.ALERTS))
    token = path.rpartition("/")[2]
    assert opting_out.read(token).address == "ap@test.example"
    for wrong in (token[:-1], f"{token}x", "none", ""):
        with pytest.raises(OptOutLinkError):
            opting_out.read(wrong)
