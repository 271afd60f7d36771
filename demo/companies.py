"""Who is in the demo, and how each company uses its agents."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from app.billing.customers.validation import Details


@dataclass(frozen=True, slots=True)
class Team:
    """A campaign and the agents that call for it; `share` is its part of the company's calls, in percent."""

    campaign: str
    agents: tuple[str, ...]
    share: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A card created from one of Stripe's test ids, with the months until it expires.

    https://docs.stripe.com/testing#cards
    """

    token: str
    months_left: int


@dataclass(frozen=True, slots=True)
class Company:
    """`minutes` of calls on a typical working day; `top_up` is the usual top-up in dollars.

    `id` is the platform's. `ends_at` is the final balance in dollars, less the promotion. A `lost_card` was used
    until it was removed.
    With `tops_up_automatically`, auto top-up is on, and its last charge was some days ago.
    `promotion` dollars of promotional credit were granted a day ago, and expire in some days.
    `envelope` dollars are set aside for its first campaign, and the rent of `reserved_days` is kept.
    `was_stopped`: automatic charges were stopped by the brake, and an owner let them continue.
    `refund` dollars of a payment were refunded, and a payment of `disputed` dollars was disputed and the dispute won.
    """

    id: UUID
    slug: str
    name: str
    timezone: str
    plan: str
    renewal_day: int
    minutes: int
    numbers: int
    teams: tuple[Team, ...]
    cards: tuple[Payment, ...]
    low_alert: str
    ends_at: str
    counts: dict[str, int]
    top_up: str
    refund: str | None = None
    promotion: str | None = None
    tops_up_automatically: bool = False
    disputed: str | None = None
    envelope: str | None = None
    reserved_days: int = 0
    calls_now: int = 0
    renewal_fails: bool = False
    lost_card: Payment | None = None
    failed_once: bool = False
    was_stopped: bool = False
    billed: Details = field(default_factory=Details)

    @property
    def agents(self) -> list[str]:
        """All its agents, the oldest first: those that call, and some that are new."""
        calling = list(dict.fromkeys(agent for team in self.teams for agent in team.agents))
        return [*calling, *NEW_AGENTS][: self.counts["agents"]]


NEW_AGENTS = ("Isla", "Theo", "Nora", "Finn")

HARBOR = Company(
    id=UUID("01990f5e-0000-7000-8000-00000000a001"),
    slug="harbor-dental",
    name="Harbor Dental",
    timezone="America/New_York",
    plan="growth",
    renewal_day=3,
    minutes=640,
    numbers=3,
    teams=(
        Team("Recall patients", ("Ava", "Noah"), 46),
        Team("Appointment reminders", ("Mia", "Ava"), 31),
        Team("Front desk, after hours", ("Leo",), 23),
    ),
    cards=(Payment("pm_card_visa", 25), Payment("pm_card_mastercard", 14)),
    low_alert="100",
    ends_at="412.36",
    counts={"agents": 7, "phone_numbers": 3, "campaigns": 3},
    top_up="250",
    refund="50",
    promotion="100",
    tops_up_automatically=True,
    disputed="75",
    envelope="120",
    reserved_days=30,
    calls_now=4,
    failed_once=True,
    was_stopped=True,
    billed=Details(
        legal_name="Harbor Dental PLLC",
        line1="12 Pier Street",
        line2="Suite 300",
        city="Boston",
        region="MA",
        postal_code="02110",
        country="US",
        tax_kind="us_ein",
        tax_id="91-1144442",
    ),
)

PINE = Company(
    id=UUID("01990f5e-0000-7000-8000-00000000a002"),
    slug="pine-realty",
    name="Pine Realty",
    timezone="America/Chicago",
    plan="growth",
    renewal_day=12,
    minutes=260,
    numbers=2,
    teams=(
        Team("New listings", ("Sofia",), 58),
        Team("Viewing follow-up", ("Sofia", "Jack"), 42),
    ),
    cards=(Payment("pm_card_visa", 1),),
    low_alert="50",
    ends_at="18.64",
    counts={"agents": 3, "phone_numbers": 2, "campaigns": 2},
    top_up="100",
)

ATLAS = Company(
    id=UUID("01990f5e-0000-7000-8000-00000000a003"),
    slug="atlas-freight",
    name="Atlas Freight",
    timezone="America/Denver",
    plan="scale",
    renewal_day=20,
    minutes=1900,
    numbers=9,
    teams=(
        Team("Delivery windows", ("Otto", "Ruth", "Ines"), 64),
        Team("Driver dispatch", ("Otto",), 24),
        Team("Claims intake", ("Ines",), 12),
    ),
    cards=(Payment("pm_card_chargeCustomerFail", 30),),
    low_alert="150",
    ends_at="-12.41",
    counts={"agents": 18, "phone_numbers": 9, "campaigns": 3},
    top_up="250",
    renewal_fails=True,
    lost_card=Payment("pm_card_visa", 8),
)

PEOPLE: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("owner@harbor.example", "Dana Whitfield", {HARBOR.slug: "org_admin"}),
    ("owner@pine.example", "Marcus Oyelaran", {PINE.slug: "org_admin"}),
    ("owner@atlas.example", "Ingrid Sorensen", {ATLAS.slug: "org_admin"}),
    ("group@harbor.example", "Priya Raman", {HARBOR.slug: "org_admin", PINE.slug: "org_admin"}),
    ("member@harbor.example", "Tom Becker", {HARBOR.slug: "member"}),
)
