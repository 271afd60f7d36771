"""What people do with spending limits."""

from __future__ import annotations

from app.billing.limit_settings import destinations, requests
from app.billing.limits import LimitStanding
from app.extensions import db
from app.models import Organization, Role
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.scene import Scene
from tests.browser.keyboard.task import task
from tests.browser.site import Site
from tests.factories import OWNER, a_payer, a_person, usd
from tests.support.limits import a_limit

PAGE = "/billing/wallet/limits"


def limited() -> tuple[Organization, LimitStanding]:
    """Someone with a limit of $3.00 a day."""
    organization, _ = a_payer(credit="20")
    return organization, a_limit(organization)


def with_a_limit(site: Site) -> Scene:
    organization, limit = limited()
    return Scene(organization, path=f"{PAGE}/{limit.limit_id}")


def asked_for_more(site: Site) -> Scene:
    """An owner who came from the mail."""
    organization, limit = limited()
    assert limit.limit_id is not None
    request = requests.ask(organization, limit.limit_id, usd("20"), OWNER)
    db.session.commit()
    return Scene(organization, path=f"{PAGE}/requests/{request.id}")


def member(site: Site) -> Scene:
    """Someone without a billing role, whom the shell has led to a limit."""
    organization, limit = limited()
    person = a_person(organization=organization, role=Role.MEMBER)
    return Scene(organization, person, path=f"{PAGE}/{limit.limit_id}/more")


def with_a_country(site: Site) -> Scene:
    """Someone who has opened one country."""
    organization, _ = a_payer(credit="20")
    destinations.open_destination(organization, "SO", OWNER)
    db.session.commit()
    return Scene(organization, path=PAGE)


@task(
    "Stop a campaign by a limit, which asks first",
    most=26,
    given=lambda site: a_payer(credit="20")[0],
    posts=["limits.add"],
)
def add_limit(hands: Hands) -> None:
    hands.press("g", "l")
    hands.sees("heading", "Spending limits", level=1)
    hands.skip()
    hands.go_to("link", "Add a limit")
    hands.sees("heading", "Add a spending limit", level=1)
    hands.skip()
    hands.tab_to("combobox", "Applies to")
    hands.press("ArrowDown")
    hands.tab_to("combobox", "Name of the campaign or agent")
    hands.type("Recall")
    hands.tab_to("textbox", "Limit")
    hands.type("0")
    hands.press("Enter")
    hands.is_on("heading", "Check before something stops")
    hands.go_to("button", "Stop Recall now")
    hands.is_told("Campaign Recall")


@task("Change a limit", most=9, given=with_a_limit, posts=["limits.change"])
def change_limit(hands: Hands) -> None:
    hands.skip()
    hands.tab_to("textbox", "Limit")
    hands.press("Control+a")
    hands.type("9")
    hands.press("Enter")
    hands.is_told("the limit is $9.00")


@task("Remove a limit", most=14, given=with_a_limit, posts=["limits.remove"])
def remove_limit(hands: Hands) -> None:
    hands.skip()
    hands.go_to("button", "Remove limit")
    hands.is_told("removed")


@task("Approve a request for more", most=12, given=asked_for_more, posts=["limits.approve"])
def approve_request(hands: Hands) -> None:
    hands.go_to("button", "Approve $20.00")
    hands.is_told("the limit is $20.00")


@task("Refuse a request for more", most=14, given=asked_for_more, posts=["limits.refuse"])
def refuse_request(hands: Hands) -> None:
    hands.go_to("button", "Refuse")
    hands.is_told("refused")


@task("Ask the owners for a higher limit", most=8, given=member, posts=["limits.ask_more"])
def ask_for_more(hands: Hands) -> None:
    hands.skip()
    hands.tab_to("textbox", "New limit")
    hands.type("20")
    hands.press("Enter")
    hands.is_told("You asked for $20.00")


@task("Open a country for calls", most=12, given=with_a_country, posts=["limits.open_destination"])
def open_country(hands: Hands) -> None:
    hands.skip()
    hands.tab_to("combobox", "Country or numbers")
    hands.type("Cu")
    hands.go_to("button", "Open destination")
    hands.is_told("Calls to Cuba can start")


@task("Close a country again", most=8, given=with_a_country, posts=["limits.close_destination"])
def close_country(hands: Hands) -> None:
    hands.skip()
    hands.go_to("button", "Close Somalia")
    hands.is_told("No new calls to Somalia")
