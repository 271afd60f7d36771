"""What can't be undone looks like it, and where it is refused it isn't offered again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

from flask import Flask

from app import create_app
from app.billing.wallet import holds, overdue_calls
from app.clock import utc_now
from app.extensions import db
from app.models import ExternalIdentity, Organization, User
from app.people.factors import requirement
from app.transaction import transaction
from config import Settings
from tests.factories import OWNER, a_card, a_person, a_stripe_card, an_organization, usd
from tests.support.alerting import a_chat
from tests.support.browsing import BrowserClient, Visitor
from tests.support.database import inside
from tests.support.factors import a_passkey, an_app, codes_of
from tests.support.limits import a_limit
from tests.support.openid_provider import Provider, dana
from tests.support.plans import a_subscriber
from tests.support.portal_shell import ISSUER
from tests.support.provider_visits import come_back
from tests.support.sandbox import Sandbox
from tests.support.states import negative_and_past_due
from trusted_shell import TrustedShell

DESTRUCTIVE = {
    "account.disconnect_provider",  # the roles that it gave go with it
    "account.disconnect_shell",
    "account.end_session",
    "account.end_sessions",
    "alerts.remove_channel",
    "change_plan.cancel_plan",
    "factors.make_codes",  # those from before stop working
    "factors.remove_app",
    "factors.remove_passkey",
    "limits.remove",
    "payment_methods.remove",
    "security.reset_factor",
    "wallet.end_call",
}
"""What takes something away that can't be had back by pressing the other button."""
HARMLESS = {
    "change_plan.cancel_scheduled_change",  # it can be scheduled again, and is only a plan until then
    "change_plan.cancel_switch",
    "wallet.cancel_top_up",  # nothing was charged
    "wallet.remove_view",  # a bookmark, which is saved again from the same filters
}
TAKES_AWAY = re.compile(r"remove|delete|reset|revoke|cancel|(?<![a-z])end_|disconnect|unlink|make_codes")


class Buttons(HTMLParser):
    """The buttons of the forms that are posted, with the address and the classes of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self._action: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = named.get("action", "") if named.get("method") == "post" else None
        elif tag == "button" and self._action is not None and named.get("type") == "submit":
            self.found.append((self._action, set(named.get("class", "").split())))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = None


def buttons(app: Flask, visitor: Visitor, pages: Iterable[str]) -> list[tuple[str, set[str]]]:
    """The buttons of these pages by the endpoint that each is for."""
    map_ = app.url_map.bind("localhost")
    found: list[tuple[str, set[str]]] = []
    for page in pages:
        answer = visitor.get(page)
        assert answer.status_code == 200, page
        for action, classes in Buttons(answer.text).found:
            found.append((map_.match((action or page).partition("?")[0], method="POST")[0], classes))
    return found


def signed_in(app: Flask, organization: Organization) -> tuple[Visitor, User]:
    person = a_person(organization=organization)
    # Another browser, which can be signed out from here.
    Visitor(app.test_client()).begin_session(person.email)
    visitor = Visitor(app.test_client())
    visitor.begin_session(person.email)
    return visitor, person


def test_every_route_that_takes_something_away_is_listed(app: Flask) -> None:
    taking = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and TAKES_AWAY.search(rule.endpoint.partition(".")[2])
    }
    assert {one for one in taking if not one.startswith("api.")} == DESTRUCTIVE | HARMLESS


def test_their_buttons_look_destructive_and_no_others_do(
    app: Flask, settings: Settings, sandbox: Sandbox, provider: Provider
) -> None:
    debtor, _ = signed_in(app, negative_and_past_due())
    passkey_owner, holder = signed_in(app, a_card_holder())
    an_app(holder), a_passkey(holder)
    codes_of(holder)
    seen = buttons(app, debtor, ["/account", "/billing/payment-methods", "/billing/renewal/cancellation"])
    seen += buttons(
        app,
        passkey_owner,
        [
            "/account/second-factor",
            "/account/second-factor/app/removal",
            *re.findall(r'href="([^"]+/removal)"', passkey_owner.get("/account/second-factor").text),
            "/account",
            "/billing",
            "/billing/payment-methods",
        ],
    )
    seen += resets(app)
    seen += in_the_wallet(app)
    seen += connected(app, provider)
    seen += in_the_shell(settings)
    assert {endpoint for endpoint, _ in seen} >= DESTRUCTIVE
    for endpoint, classes in seen:
        if endpoint in DESTRUCTIVE:
            assert "btn-danger" in classes, endpoint
            assert "btn-primary" not in classes, endpoint
        else:
            assert "btn-danger" not in classes, endpoint


def resets(app: Flask) -> list[tuple[str, set[str]]]:
    organization = an_organization()
    helper, _ = signed_in(app, organization)
    lost = a_person(organization=organization)
    an_app(lost)
    return buttons(app, helper, [f"/billing/security/people/{lost.id}/second-factor"])


def in_the_wallet(app: Flask) -> list[tuple[str, set[str]]]:
    organization = a_busy_one()
    visitor, _ = signed_in(app, organization)
    limit, channel = a_limit(organization), a_chat(organization)
    pages = [f"limits/{limit.limit_id}", f"alerts/channels/{channel.id}/removal", "calls-in-progress"]
    return buttons(app, visitor, [f"/billing/wallet/{page}" for page in pages])


def a_busy_one() -> Organization:
    """With a call that lasts longer than usual."""
    organization, now = an_organization(credit="20"), utc_now()
    holds.reserve(
        organization.id,
        "call-1",
        usd("1"),
        at=now - timedelta(hours=5),
        lease=timedelta(hours=9),
        call="call-1",
    )
    overdue_calls.name_overdue(organization.id, at=now)
    db.session.commit()
    return organization


def connected(app: Flask, provider: Provider) -> list[tuple[str, set[str]]]:
    visitor, person = signed_in(app, an_organization())
    provider.person = dana(email=person.email)
    come_back(visitor, provider, "/account/provider/connect")
    return buttons(app, visitor, ["/account"])


def in_the_shell(settings: Settings) -> list[tuple[str, set[str]]]:
    app = create_app(replace(settings, shell=TrustedShell(ISSUER, f"{ISSUER}/keys", 15)))
    app.test_client_class = BrowserClient
    with inside(app):
        visitor, person = signed_in(app, an_organization())
        db.session.add(ExternalIdentity(user_id=person.id, issuer=ISSUER, subject="person-1"))
        db.session.commit()
        return buttons(app, visitor, ["/account"])


def a_card_holder() -> Organization:
    organization = an_organization(credit="20")
    a_card(organization), a_card(organization, last4="4444", default=False)
    return organization


def test_a_card_that_is_needed_offers_another_one_instead(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber()
    visitor, _ = signed_in(app, organization)
    for page in ("/billing/payment-methods", removal_of_first_card(visitor)):
        html = visitor.get(page).text
        assert "Remove card" not in html, page
        assert re.search(r'<button class="btn btn-primary"[^>]*>Add another card<', html), page
    a_stripe_card(organization, "pm_card_mastercard")
    assert "Remove card" in visitor.get("/billing/payment-methods").text


def removal_of_first_card(visitor: Visitor) -> str:
    html = visitor.get("/billing/payment-methods").text
    return re.findall(r'action="(/billing/payment-methods/[0-9a-f-]+/removal)', html)[0]


def test_a_factor_that_is_required_offers_the_way_back_instead(app: Flask) -> None:
    organization = an_organization()
    visitor, person = signed_in(app, organization)
    an_app(person)
    with transaction():
        requirement.require(organization.id, person, OWNER)
    refused = visitor.post("/account/second-factor/app/removal")
    assert refused.status_code == 422
    assert Buttons(refused.text.partition("<main")[2].partition("</main>")[0]).found == []
