"""The call that a hold is for, as limits see it."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing import catalog
from app.billing.catalog import Destination, DestinationClass
from app.models import LimitSubject


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls where, as far as the platform says. `destination` is a country or range of the catalog."""

    campaign: str | None = None
    agent: str | None = None
    destination: Destination | None = None

    @classmethod
    def to(cls, to: str | None, *, campaign: str | None = None, agent: str | None = None) -> Call:
        """A call to a number, in E.164 with `+`, or to a country, by its two letters."""
        destinations = catalog.current().destinations
        if to is None:
            return cls(campaign, agent)
        find = destinations.of_number if to.startswith("+") else destinations.of_country
        return cls(campaign, agent, find(to))

    @property
    def destination_class(self) -> DestinationClass | None:
        """The class of its destination."""
        if self.destination is None:
            return None
        return catalog.current().destinations.class_of(self.destination)

    @property
    def is_guarded(self) -> bool:
        """Whether its destination has to be checked, whatever limits there are."""
        found = self.destination_class
        return found is not None and found.is_guarded

    @property
    def subjects(self) -> dict[LimitSubject, str]:
        """Whose spend it is: subject and name."""
        found = {LimitSubject.ORGANIZATION: ""}
        if self.campaign is not None:
            found[LimitSubject.CAMPAIGN] = self.campaign
        if self.agent is not None:
            found[LimitSubject.AGENT] = self.agent
        if self.destination is not None:
            found[LimitSubject.DESTINATION_CLASS] = self.destination.class_key
        return found
