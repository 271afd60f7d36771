"""Who is told: with the role that they have now, and no one twice."""

from __future__ import annotations

from flask import Flask

from app.billing import audit
from app.billing.alerts import audience
from app.billing.mail import recipients
from app.extensions import db
from app.models import AlertChannel, ChannelKind, Role
from app.people import memberships
from tests.support.alerting import a_listener, a_member, an_alerted, recipients_channel, tell_about


def test_a_member_is_told_without_figures_and_no_longer_when_they_leave(app: Flask) -> None:
    organization, _ = an_alerted()
    member = a_member(organization)
    a_listener(organization, member, "low", "digest")
    [_, heard] = audience.listeners(organization)
    assert (heard.email, heard.sees_billing, heard.about) == (member.email, False, {"low"})
    memberships.remove(organization, member, audit.OPERATOR)
    assert member.email not in [one.email for one in audience.listeners(organization)]
    assert not db.session.scalars(db.select(AlertChannel).filter_by(user_id=member.id)).all()


def test_an_owner_who_becomes_a_member_has_to_be_added_again(app: Flask) -> None:
    organization, owner = an_alerted()
    a_listener(organization, owner, "low")
    memberships.assign_role(organization, owner, Role.MEMBER, audit.OPERATOR)
    assert [one.channel.kind for one in audience.listeners(organization)] == [ChannelKind.RECIPIENTS]


def test_who_is_a_billing_recipient_gets_each_email_once(app: Flask) -> None:
    organization, owner = an_alerted(amounts=("50",))
    a_listener(organization, owner, "low", "under:50000000")
    assert owner.email in recipients.recipients_of(organization)
    abouts = {one.email: one.about for one in audience.listeners(organization)}
    assert abouts == {"": {"low", "paused"}, owner.email: {"under:50000000"}}
    tell_about(organization, recipients_channel(organization))
    assert {one.email: one.about for one in audience.listeners(organization)} == {
        owner.email: {"low", "under:50000000"}
    }
