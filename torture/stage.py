"""Who takes part: organizations, their owners with a browser each, and the platform's token; made as in real life."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

from demo.simulator.campaigns import Campaign, Organization
from demo.simulator.client import Client
from dev.errors import ToolError
from torture.browser import Browser
from torture.journal import Journal
from torture.system import System

PASSWORD = "correct horse battery staple"
SCOPES = (
    "usage:write",
    "holds:write",
    "holds:read",
    "status:read",
    "organizations:write",
    "organizations:read",
    "transfers:read",
    "usage:read",
    "estimates:read",
    "limits:read",
)
NAMES = ("Aster", "Birch", "Cedar", "Dahlia")
"""Their owners change plans and do all else that the pages allow; the simulator calls for them."""
MODELED = ("Elm", "Fir", "Ginkgo", "Hazel", "Iris", "Juniper")
"""On the free plan for good, so that the model can price what is reported for them; their owners top up."""
LOST = 0.03
"""The share of the platform's requests whose answer is lost on its way."""
PATIENCE = 240
"""Seconds for which the platform sends a request again before it gives up."""


@dataclass(frozen=True, slots=True)
class Company:
    """An organization. Its `marker` is in all that it is called, so that it is recognized where it must not be."""

    id: UUID
    name: str
    marker: str
    zone: str = "UTC"

    @property
    def player(self) -> Organization:
        """It at work."""
        campaigns = (
            Campaign(f"Recall {self.marker}", (f"Ava {self.marker}", f"Noah {self.marker}")),
            Campaign(f"Desk {self.marker}", (f"Leo {self.marker}",), meter="calls_inbound", answered=1.0),
        )
        return Organization(self.id, self.name, campaigns)


@dataclass(frozen=True, slots=True)
class Person:
    """An owner of one organization or of several."""

    email: str
    companies: tuple[Company, ...]
    browser: Browser

    @property
    def marker(self) -> str:
        return self.companies[0].marker


@dataclass(frozen=True, slots=True)
class Stage:
    """Everyone, with the platform's client for the calls. `payers` own the `modeled` organizations."""

    token: str
    client: Client
    companies: tuple[Company, ...]
    people: tuple[Person, ...]
    modeled: tuple[Company, ...]
    payers: tuple[Person, ...]


def build(system: System, chance: Random, journal: Journal) -> Stage:
    """Make everyone, over the API and the pages. Raises `ToolError` where that doesn't work in peace already."""
    system.flask("catalog", "sync")  # the plans' prices, at the stand-in
    scopes = [part for scope in SCOPES for part in ("--scope", scope)]
    token = system.flask("token", "create", "--name", "torture", *scopes).split("\n")[0].strip()
    # An invitation that is sent again ends the link of the first one: nothing is lost until everyone is here.
    client = Client(system.api_address, token, patience=PATIENCE, chance=chance)
    companies = tuple(_company(name, chance) for name in NAMES)
    modeled = tuple(_company(name, chance) for name in MODELED)
    owners = {f"owner-{one.marker}@torture.example": (one,) for one in companies} | {
        f"group-{chance.randbytes(3).hex()}@torture.example": companies[-2:]
    }
    paid = {
        f"payer-{chance.randbytes(3).hex()}@torture.example": own for own in (modeled[::2], modeled[1::2])
    }
    everyone = companies + modeled
    for company in everyone:
        emails = [email for email, own in (owners | paid).items() if company in own]
        body = {"name": company.name, "timezone": company.zone, "owners": emails}
        # 200 where the first answer was lost on its way: it is there already then.
        answer = client.put(f"/organizations/{company.id}", body)
        _demand(answer.is_good, f"{company.name}: {answer.status} {answer.body}")
    people, payers = (
        tuple(_person(system, client, email, own, everyone, journal) for email, own in some.items())
        for some in (owners, paid)
    )
    client.lost = LOST
    return Stage(token, client, companies, people, modeled, payers)


ZONES = ("UTC", "America/New_York", "Pacific/Auckland", "America/St_Johns")


def _company(name: str, chance: Random) -> Company:
    marker = f"qx{chance.randbytes(4).hex()}"
    id_ = UUID(bytes=chance.randbytes(16), version=4)
    return Company(id_, f"{name} {marker}", marker, chance.choice(ZONES))


def _person(
    system: System,
    client: Client,
    email: str,
    own: tuple[Company, ...],
    companies: tuple[Company, ...],
    journal: Journal,
) -> Person:
    """Someone who accepts the invitation to each of their organizations, and is signed in from then on."""
    others = {one.marker for one in companies} - {one.marker for one in own}
    browser = Browser(system.address, journal, email, forbidden=others)
    for place, company in enumerate(own):
        answer = client.post(f"/organizations/{company.id}/invitations", {"email": email})
        _demand(answer.is_good, f"{email}: {answer.body}")
        link = urlsplit(answer.body["link"]).path
        page = browser.get(link)
        form = page.form(link)
        _demand(form is not None, f"{email} can't accept the invitation: {page.status}")
        if form is not None:
            browser.submit(page, form, **({"password": PASSWORD} if place == 0 else {}))
    _demand(browser.get("/billing").status == 200, f"{email} doesn't see the pages")
    return Person(email, own, browser)


def _demand(holds: object, what: str) -> None:
    if not holds:
        raise ToolError(f"The stage could not be built: {what}.")
