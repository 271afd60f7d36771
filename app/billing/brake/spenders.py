"""Which campaigns and agents took the credit of an hour."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text

from app.extensions import db

MOST = 3
"""How many campaigns, and how many agents."""

# By when usage was posted, as the hours of spend. Events are partitioned by when something was used, which is later
# than so many days before.
_SPENT = text("""
    SELECT campaign, agent, sum(amount_micro)::bigint AS micro FROM usage_event
    WHERE org_id = :org_id AND posted_at >= :since AND posted_at < :until AND at >= :since - interval '45 days'
      AND corrects_id IS NULL
    GROUP BY GROUPING SETS ((campaign), (agent)) HAVING sum(amount_micro) > 0
    ORDER BY micro DESC, campaign, agent
""")


@dataclass(frozen=True, slots=True)
class Spender:
    """A campaign or an agent, and what it took; in micro-units."""

    kind: Literal["campaign", "agent"]
    name: str
    micro: int

    def packed(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def find(org_id: UUID, since: datetime, until: datetime) -> list[Spender]:
    """Those that took the most, campaigns first; usage without names isn't among them."""
    values = {"org_id": org_id, "since": since, "until": until}
    rows = db.session.execute(_SPENT, values).all()
    campaigns = [Spender("campaign", row.campaign, row.micro) for row in rows if row.campaign]
    agents = [Spender("agent", row.agent, row.micro) for row in rows if row.agent]
    return campaigns[:MOST] + agents[:MOST]
