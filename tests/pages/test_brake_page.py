"""The brake's question on the pages: asked where people look, answered once, by owners who confirmed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from app.billing.brake import answering, rows
from app.clock import utc_now
from app.extensions import db
from app.models import BrakeAnswer, Role
from app.people import memberships
from tests.factories import OWNER, a_person, an_organization
from tests.support.auto_top_ups import amounts, switch_on
from tests.support.braking import emails_of, stops, the_stop, usually_spends
from tests.support.browsing import Visitor, text_of
from tests.support.confirming import confirm, minutes_pass, send_again
from tests.support.metering import an_event, take
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox, work_through

PAGE = "/billing/wallet/auto-top-up/brake"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    """One whose organization usually spends $20 an hour, and whose automatic charges are stopped after $90."""
    owner = Owner(app, credit="100")
    usually_spends(owner.organization, 20)
    switch_on(owner.organization, owner.card, cap="2000", has_brake=True)
    now = utc_now()
    take(an_event(owner.organization, "1", 7_500_060, when=now, campaign="Recall", agent="Ava"), now=now)
    work_through(app)
    return owner


@pytest.mark.long
def test_it_is_asked_on_overview_and_wallet_and_says_what_was_spent_by_whom(owner: Owner) -> None:
    for page in ("/billing", "/billing/wallet"):
        assert "Automatic top-ups are stopped." in owner.reads(page)
        assert f'href="{PAGE}?' in owner.get(page).text
    words = owner.reads(PAGE)
    assert "$90.00 was spent within an hour. At that time of the week, $20.00 an hour is usual." in words
    assert "Campaign Recall $90.00" in words
    assert "Agent Ava $90.00" in words
    assert "$181.00 so far" in words


@pytest.mark.long
def test_one_press_lets_charges_continue_immediately(app: Flask, owner: Owner) -> None:
    done = owner.post(PAGE, {"answer": "once", "stop": str(the_stop(owner.organization).id)})
    assert done.status_code == 303
    assert "Automatic top-ups continue until" in owner.reads(PAGE)
    work_through(app)
    assert amounts(owner.organization) == [("90.01", "succeeded")]
    assert "Automatic top-ups are stopped." not in owner.reads("/billing/wallet")


@pytest.mark.long
def test_for_good_is_shown_and_can_be_undone(app: Flask, owner: Owner) -> None:
    owner.post(PAGE, {"answer": "for_good", "stop": str(the_stop(owner.organization).id)})
    assert "An owner allowed up to $181.00 an hour." in owner.reads(PAGE)
    assert owner.post(f"{PAGE}/ask-again").status_code == 303
    assert "is fine" not in owner.reads(PAGE)
    own = rows.find_own(owner.organization.id)
    assert own is not None
    assert own.accepted_micro is None


@pytest.mark.long
def test_two_owners_who_answer_at_the_same_time_answer_once(owner: Owner) -> None:
    stop = str(the_stop(owner.organization).id)
    tabs = [owner, *(owner.elsewhere() for _ in range(3))]
    with ThreadPoolExecutor(4) as hands:
        sent = [
            hands.submit(tab.post, PAGE, {"answer": answer, "stop": stop})
            for tab, answer in zip(tabs, ("once", "for_good", "once", "for_good"), strict=True)
        ]
    assert sorted(one.result().status_code for one in sent) == [303, 409, 409, 409]
    assert len(emails_of(owner.organization, "auto_top_up_resumed")) == 1
    assert "This was already answered." in text_of(owner.post(PAGE, {"answer": "once", "stop": stop}))


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"answer": "once"},
        {"answer": "switched_off"},
        {"answer": "perhaps"},
        {"answer": "once", "stop": "1"},
    ],
)
def test_what_is_no_answer_changes_nothing(owner: Owner, typed: dict[str, str]) -> None:
    stop = str(the_stop(owner.organization).id)
    fields = {"stop": stop} | typed if "stop" not in typed and typed.get("answer") != "once" else typed
    assert owner.post(PAGE, fields).status_code == 422
    assert the_stop(owner.organization).answer is None


@pytest.mark.long
def test_another_organizations_stop_is_not_answered(app: Flask, owner: Owner) -> None:
    stop = the_stop(owner.organization)
    other = an_organization()
    stranger = Visitor(app.test_client())
    stranger.begin_session(a_person(organization=other).email)
    assert stranger.post(PAGE, {"answer": "once", "stop": str(stop.id)}).status_code == 409
    assert the_stop(owner.organization).answer is None


@pytest.mark.parametrize("left_as", [Role.MEMBER, None])
def test_an_owner_who_has_just_lost_the_role_answers_nothing(
    app: Flask, owner: Owner, left_as: Role | None
) -> None:
    """Their page is still open, and their session goes on."""
    other = a_person(organization=owner.organization)
    tab = Visitor(app.test_client())
    tab.begin_session(other.email)
    stop = the_stop(owner.organization)
    assert "Should automatic top-ups continue?" in text_of(tab.get(PAGE))
    if left_as is None:
        memberships.remove(owner.organization, other, OWNER)
    else:
        memberships.assign_role(owner.organization, other, left_as, OWNER)
    db.session.commit()
    assert tab.post(PAGE, {"answer": "for_good", "stop": str(stop.id)}).status_code in {302, 401, 403}
    assert tab.post(f"{PAGE}/ask-again").status_code in {302, 401, 403}
    assert the_stop(owner.organization).answer is None


def test_members_see_and_answer_nothing(app: Flask, owner: Owner) -> None:
    member = Visitor(app.test_client())
    member.begin_session(a_person(organization=owner.organization, role=Role.MEMBER).email)
    stop = the_stop(owner.organization)
    assert member.get(PAGE).status_code == 403
    assert member.post(PAGE, {"answer": "once", "stop": str(stop.id)}).status_code == 403
    assert the_stop(owner.organization).answer is None


@pytest.mark.long
def test_someone_who_has_not_confirmed_lately_confirms_before_the_answer_is_sent(owner: Owner) -> None:
    minutes_pass()
    stop = the_stop(owner.organization)
    asked = owner.post(PAGE, {"answer": "once", "stop": str(stop.id)})
    assert asked.status_code == 403
    assert "Confirm it's you to let automatic top-ups continue." in text_of(asked)
    assert the_stop(owner.organization).answer is None
    shown = confirm(owner, asked)
    assert "Automatic top-ups Continue this time" in text_of(shown)
    assert send_again(owner, shown).status_code == 303
    [done] = stops(owner.organization)
    assert (done.answer, done.answered_by) == (BrakeAnswer.ONCE, owner.email)


def test_without_a_stop_the_page_says_so_and_when_it_would(app: Flask, sandbox: Sandbox) -> None:
    words = Owner(app).reads(PAGE)
    assert "Automatic top-ups aren't stopped" in words
    assert "and more than $25.00" in words
    assert "At most 4 are charged within an hour, and 12 within 24 hours." in words


@pytest.mark.long
def test_the_trail_shows_the_stop_and_the_answer(owner: Owner) -> None:
    answering.answer(owner.organization, the_stop(owner.organization).id, BrakeAnswer.FOR_GOOD, OWNER)
    db.session.commit()
    words = owner.reads("/billing/activity")
    assert "Automatic top-ups were stopped" in words
    assert "$90.00 was spent in an hour, $20.00 is usual" in words
    assert "Let automatic top-ups continue" in words
    assert "For good, up to $181.00 an hour" in words
