"""The page about alerts: levels, who is told, channels with their tests, and the link that stops emails."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.billing.alerts import choices, stopping
from app.billing.mail import opting_out
from app.billing.mail.opting_out import OptOut
from app.extensions import db
from app.models import AlertChannel, AuditEvent, ChannelKind, Organization, StoppedMail, Wallet
from app.notify import webhooks
from app.transaction import transaction
from tests.factories import usd
from tests.support.alerting import a_chat, a_listener, a_member, an_alerted, recipients_channel, to
from tests.support.browsing import Visitor, seen_on, text_of
from tests.support.confirming import minutes_pass
from tests.support.paying import Owner
from tests.support.platform_receiver import Receiver, receiving
from tests.support.sandbox import Sandbox
from tests.support.statements import statements

PAGE = "/billing/wallet/alerts"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="200")


class TestLevels:
    def test_they_are_saved_and_shown(self, owner: Owner) -> None:
        fields = {"low": "100", "amount_1": "50", "amount_2": "$20", "amount_3": "", "hours": ["4", "24"]}
        assert owner.post(f"{PAGE}/levels", fields | seen_on(owner.get(PAGE))).status_code == 303
        assert db.session.get_one(Wallet, owner.organization.id).low_threshold == usd("100")
        shown = owner.reads(PAGE)
        assert "The levels are saved." in shown
        for label in ("Low balance: under $100.00", "Under $50.00", "Credit may run out within 24 hours"):
            assert label in shown
        recorded = "From no low balance to low balance $100.00, $50.00, $20.00, 24 hours, 4 hours"
        assert recorded in owner.reads("/billing/activity")

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"low": "x"}, "like"),
            ({"low": "100", "amount_1": "0"}, "Enter an amount above zero"),
            ({"low": "100", "amount_1": "100"}, "already the low-balance amount"),
            ({"low": "2000000"}, "up to $1,000,000.00"),
            ({"low": "100", "hours": "5"}, "Choose from the times"),
        ],
    )
    def test_what_is_wrong_is_kept_and_said(self, owner: Owner, fields: dict[str, str], error: str) -> None:
        answer = owner.post(f"{PAGE}/levels", fields | seen_on(owner.get(PAGE)))
        assert answer.status_code == 422
        assert error in text_of(answer)
        assert db.session.get_one(Wallet, owner.organization.id).low_threshold is None

    def test_a_level_that_is_reached_is_named(self, owner: Owner) -> None:
        owner.post(f"{PAGE}/levels", {"low": "100"} | seen_on(owner.get(PAGE)))
        to(owner.organization, "40", source="fall")
        assert "Reached Low balance: under $100.00 since" in owner.reads(PAGE)


def told(channel: AlertChannel, *about: str) -> list[str]:
    """What the page showed of a channel's choices."""
    return [f"{channel.id} {one}" for one in about]


class TestWho:
    def test_each_channel_is_chosen_for(self, owner: Owner) -> None:
        recipients, chat = recipients_channel(owner.organization), a_chat(owner.organization)
        tells = [f"{recipients.id} digest", f"{chat.id} paused", f"{chat.id} digest", "x low"]
        fields = {
            "channel": [str(recipients.id), str(chat.id)],
            "tell": tells,
            "told": told(recipients, "low", "paused") + told(chat, "low", "paused", "recovered"),
        }
        assert owner.post(f"{PAGE}/choices", fields).status_code == 303
        chosen = choices.chosen(owner.organization.id)
        assert chosen == {recipients.id: {"digest"}, chat.id: {"paused"}}

    def test_a_channel_that_came_meanwhile_stays_as_it_is(self, owner: Owner) -> None:
        recipients, chat = recipients_channel(owner.organization), a_chat(owner.organization)
        fields = {"channel": [str(recipients.id)], "told": told(recipients, "low", "paused")}
        owner.post(f"{PAGE}/choices", fields)
        assert choices.chosen(owner.organization.id) == {chat.id: {"low", "paused", "recovered"}}


class TestChannels:
    def test_a_person_a_chat_and_a_webhook_whose_secret_is_shown_once(self, owner: Owner) -> None:
        member = a_member(owner.organization)
        assert "no amounts" in owner.reads(f"{PAGE}/channels/new?kind=email")
        assert owner.post(f"{PAGE}/channels", {"kind": "email", "person": str(member.id)}).status_code == 303
        slack = {"kind": "slack", "name": "Ops", "address": "http://127.0.0.1:9/T0/B0/abcd1234"}
        assert owner.post(f"{PAGE}/channels", slack).status_code == 303
        hook = {"kind": "webhook", "name": "ERP", "address": "http://127.0.0.1:9/erp"}
        answer = owner.post(f"{PAGE}/channels", hook)
        assert answer.status_code == 200
        secret = re.search(r"whsec_[\w+/=]+", answer.text)
        shown = owner.get(PAGE).text
        assert secret and secret[0] not in shown and "abcd1234" not in shown
        assert "127.0.0.1/…1234" in shown and "without amounts" in shown

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"kind": "email", "person": ""}, "Choose a person."),
            ({"kind": "email", "person": "01900000-0000-7000-8000-000000000001"}, "of this organization"),
            ({"kind": "slack", "name": "", "address": "http://127.0.0.1:9/"}, "Enter a name"),
            ({"kind": "teams", "name": "Ops", "address": "javascript:1"}, "Use an address like"),
        ],
    )
    def test_what_can_not_be_added(self, owner: Owner, fields: dict[str, str], error: str) -> None:
        answer = owner.post(f"{PAGE}/channels", fields)
        assert answer.status_code == 422 and error in text_of(answer)

    def test_phones_and_kinds_that_there_are_not(self, owner: Owner) -> None:
        assert owner.get(f"{PAGE}/channels/new?kind=sms").status_code == 404
        assert owner.get(f"{PAGE}/channels/new?kind=recipients").status_code == 404

    def test_one_is_removed_once_asked(self, owner: Owner) -> None:
        chat = a_chat(owner.organization)
        assert "no longer reach Billing alerts (Slack)" in owner.reads(f"{PAGE}/channels/{chat.id}/removal")
        assert owner.post(f"{PAGE}/channels/{chat.id}/removal").status_code == 303
        assert owner.post(f"{PAGE}/channels/{chat.id}/removal").status_code == 303
        assert "changed or removed in the meantime" in owner.reads(PAGE)

    def test_another_organizations_channel_is_not_there(self, owner: Owner) -> None:
        theirs = a_chat(an_alerted()[0], kind=ChannelKind.WEBHOOK)
        for path in ("removal", "on", "secret", "tests"):
            owner.post(f"{PAGE}/channels/{theirs.id}/{path}")
            assert "changed or removed in the meantime" in owner.reads(PAGE)
        db.session.rollback()
        assert len(db.session.get_one(AlertChannel, (theirs.org_id, theirs.id)).secrets) == 1

    def test_news_of_money_goes_nowhere_without_a_confirmation(self, owner: Owner) -> None:
        chat = a_chat(owner.organization, kind=ChannelKind.WEBHOOK)
        minutes_pass()
        for path, fields in {
            "levels": {"low": "1"},
            "choices": {"channel": str(chat.id)},
            "channels": {"kind": "slack", "name": "x", "address": "http://127.0.0.1:9/"},
            f"channels/{chat.id}/removal": {},
            f"channels/{chat.id}/secret": {},
            f"channels/{chat.id}/on": {},
        }.items():
            assert owner.post(f"{PAGE}/{path}", fields).status_code == 403, path


class TestTests:
    @pytest.mark.parametrize(
        ("answers", "said"),
        [
            ([204], "The test was delivered."),
            ([410], "It responded with 410 (gone), so the channel is switched off."),
            ([404], "It rejected the test: 404. Check the address."),
            ([500], "It couldn't accept the test: 500."),
        ],
    )
    def test_the_button_says_what_happened(self, owner: Owner, answers: list[int], said: str) -> None:
        with receiving() as receiver:
            receiver.answers = answers
            hook = a_chat(owner.organization, receiver.url, kind=ChannelKind.WEBHOOK)
            assert owner.post(f"{PAGE}/channels/{hook.id}/tests").status_code == 303
            shown = owner.reads(PAGE)
            assert said in shown
            if answers == [410]:
                assert "Switched off" in shown
                assert owner.post(f"{PAGE}/channels/{hook.id}/on").status_code == 303
                assert "Switched off" not in owner.reads(PAGE).replace("is switched off", "")

    def test_what_does_not_answer(self, owner: Owner) -> None:
        dead = a_chat(owner.organization, "http://127.0.0.1:9/")
        owner.post(f"{PAGE}/channels/{dead.id}/tests")
        assert "It didn't respond: No connection" in owner.reads(PAGE)
        mail = recipients_channel(owner.organization)
        owner.post(f"{PAGE}/channels/{mail.id}/tests")
        assert "The test is on its way." in owner.reads(PAGE)


class TestStopping:
    def test_a_link_asks_first_and_needs_no_session(self, app: Flask) -> None:
        organization, _ = an_alerted()
        channel = a_listener(organization, a_member(organization), "low")
        path = stopping.path_of(channel)
        someone = Visitor(app.test_client())
        for _ in range(2):
            assert "Stop these messages" in someone.get(path).text
        assert "These messages have stopped." in text_of(someone.post(path))
        assert someone.get(path).status_code == 404
        assert someone.get("/stop-alerts/none").status_code == 404
        entry = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert entry is not None and entry.action == "alerts.unsubscribed"


class TestOneClick:
    """The link in the header of an email, which a reader's program posts to (RFC 8058, section 3.2)."""

    def link(self, address: str, what: StoppedMail = StoppedMail.ALERTS, **of: Organization) -> str:
        return opting_out.path_of(OptOut(of["organization"].id, address, what))

    def click(self, app: Flask, path: str) -> int:
        """As a mail provider's program does: no cookies, no form token, and an origin of no one."""
        return app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}).status_code

    def unsubscribed(self) -> list[tuple[str, str, str]]:
        query = (
            db.select(AuditEvent).where(AuditEvent.action.like("alerts.%subscribed")).order_by(AuditEvent.id)
        )
        return [(one.action, one.actor, one.details["what"]) for one in db.session.scalars(query)]

    def test_it_stops_that_persons_kind_once_and_nothing_else(self, app: Flask) -> None:
        organization, owner = an_alerted()
        mail = a_listener(organization, owner, "low", "paused", "digest")
        other = a_listener(organization, a_member(organization), "low")
        path = self.link(owner.email, organization=organization)
        assert [self.click(app, path) for _ in range(2)] == [200, 200]
        chosen = choices.chosen(organization.id)
        assert chosen[mail.id] == {"digest"} and chosen[other.id] == {"low"}
        assert self.unsubscribed() == [("alerts.unsubscribed", owner.email, "alerts")]
        assert self.click(app, self.link(owner.email, StoppedMail.DIGEST, organization=organization)) == 200
        assert mail.id not in choices.chosen(organization.id)

    def test_opening_the_link_changes_nothing(self, app: Flask) -> None:
        organization, owner = an_alerted()
        mail = a_listener(organization, owner, "low")
        path = self.link(owner.email, organization=organization)
        for _ in range(2):
            assert "Stop these emails" in app.test_client().get(path).text
        assert app.test_client().head(path).status_code == 200
        assert choices.chosen(organization.id)[mail.id] == {"low"} and self.unsubscribed() == []

    def test_a_billing_recipient_without_an_account_stops_and_starts_again(self, app: Flask) -> None:
        organization, owner = an_alerted()
        organization.billing_emails = ["ap@test.example", owner.email]
        recipients_channel(organization)
        path = self.link("ap@test.example", organization=organization)
        assert self.click(app, path) == 200
        assert opting_out.list_opted_out(organization.id) == [("ap@test.example", StoppedMail.ALERTS)]
        shown = app.test_client().get(path).text
        assert "These emails have stopped." in shown
        assert "Receipts and other emails about payments are still sent." in shown
        for _ in range(2):
            assert app.test_client().post(path, data={"again": "yes"}).status_code == 200
        assert opting_out.list_opted_out(organization.id) == []
        assert [action for action, _, _ in self.unsubscribed()] == [
            "alerts.unsubscribed",
            "alerts.resubscribed",
        ]

    def test_owners_see_which_recipients_stopped_it(self, owner: Owner) -> None:
        owner.organization.billing_emails = ["ap@test.example"]
        recipients_channel(owner.organization)
        with transaction():
            stopping.stop_emails(
                OptOut(owner.organization.id, "ap@test.example", StoppedMail.ALERTS), address=None
            )
        assert "ap@test.example stopped alerts with the link in the email." in owner.reads(PAGE)
        assert "ap@test.example: credit alerts" in owner.reads("/billing/activity")

    def test_a_link_of_another_organization_is_none_for_this_one(self, app: Flask) -> None:
        organization, owner = an_alerted()
        a_listener(organization, owner, "low")
        other, _ = an_alerted()
        assert self.click(app, self.link(owner.email, organization=other)) == 200
        assert "low" in next(iter(choices.chosen(organization.id).values()))
        assert self.click(app, "/stop-alerts/forged") == 404


def test_the_page_takes_few_statements_and_the_wallet_one_more(owner: Owner, receiver: Receiver) -> None:
    for number in range(4):
        a_chat(owner.organization, f"{receiver.url}{number}")
    owner.get(PAGE)
    with statements() as read:
        assert owner.get(PAGE).status_code == 200
    assert len(read) <= 12
    assert "5 channels get an alert" in owner.reads("/billing/wallet")


@pytest.fixture
def receiver() -> Receiver:
    return Receiver(url=f"http://127.0.0.1:9/{webhooks.new_secret()[6:10]}")
