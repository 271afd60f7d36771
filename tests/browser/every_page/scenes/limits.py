"""Spending limits: added with what they would stop, changed by two people, removed; requests for more."""

from __future__ import annotations

from app.billing.limit_settings import requests
from app.extensions import db
from app.models import LimitSubject, LimitWindow, Role
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import OWNER, a_payer, a_person, usd
from tests.support.limits import a_draft, a_limit
from tests.support.states import limited

PAGE = "/billing/wallet/limits"
SHOW, LIMIT, NEW = "limits.show", "limits.show_limit", "limits.new"


@scene(SHOW, NEW)
def a_limit_is_added(at: Stage) -> None:
    """No limits; refused; asked about, because something would stop now; saved."""
    organization, _ = a_payer(credit="20")
    at.enter(organization, PAGE)
    at.look(SHOW)
    at.look_at(NEW, f"{PAGE}/new")
    at.page.get_by_label("Applies to").select_option(label="A campaign")
    at.press("Add limit")
    at.is_refused()
    at.look(NEW)
    at.fill("Name of the campaign or agent", "Recall")
    at.fill("Limit", "0")
    at.press("Add limit")
    at.see("Check before something stops")
    at.look(NEW)
    at.press("Stop Recall now")
    at.is_told("Campaign Recall")
    at.look(SHOW)


@scene(SHOW, LIMIT)
def a_limit_is_changed(at: Stage) -> None:
    """Refused, changed by someone else meanwhile, saved with a raise, and removed."""
    organization, _ = a_payer(credit="20")
    limited(organization)
    limit = a_limit(
        organization, a_draft("90", window=LimitWindow.WEEK, subject=LimitSubject.AGENT, name="Ava")
    )
    db.session.commit()
    path = f"{PAGE}/{limit.limit_id}"
    at.enter(organization, PAGE)
    at.look(SHOW)
    at.look_at(LIMIT, path)
    at.fill("Limit", "much")
    at.press("Save limit")
    at.is_refused()
    at.look(LIMIT)
    at.fill("Limit", "95")
    at.page.locator("input[name=seen]").evaluate("one => { one.value = '0' }")
    at.press("Save limit")
    at.see("Someone else changed this in the meantime")
    at.look(LIMIT)
    at.press("Save limit")
    at.is_told("the limit is $95.00")
    at.look(SHOW)
    at.page.goto(path)
    at.press("Remove limit")
    at.is_told("The limit was removed.")
    at.look(SHOW)


@scene(SHOW, "limits.show_request", "limits.show_more")
def more_is_asked_for(at: Stage) -> None:
    """A member asks, refused and then sent; an owner approves, and reads what was decided."""
    organization, _ = a_payer(credit="20")
    limit = a_limit(organization)
    assert limit.limit_id is not None
    member = a_person(organization=organization, role=Role.MEMBER)
    at.enter_as(member, f"{PAGE}/{limit.limit_id}/more")
    at.look("limits.show_more")
    at.press("Ask the owners")
    at.is_refused()
    at.look("limits.show_more")
    at.fill("New limit", "20")
    at.press("Ask the owners")
    at.is_told("You asked for $20.00")
    at.look("limits.show_more")
    at.page.context.clear_cookies()
    request = requests.ask(organization, limit.limit_id, usd("30"), OWNER, note="Friday's recall")
    db.session.commit()
    at.enter(organization, f"{PAGE}/requests/{request.id}")
    at.look("limits.show_request")
    at.press("Approve $30.00")
    at.is_told("the limit is $30.00")
    at.look(SHOW)
    at.look_at("limits.show_request", f"{PAGE}/requests/{request.id}")


@scene(SHOW)
def destinations_are_opened_and_closed(at: Stage) -> None:
    """What is said of each."""
    organization, _ = a_payer(credit="20")
    at.enter(organization, PAGE)
    at.page.get_by_label("Country or numbers").select_option("SO")
    at.press("Open destination")
    at.is_told("can start.")
    at.look(SHOW)
    at.press("Close Somalia")
    at.is_told("No new calls to Somalia")
    at.look(SHOW)
