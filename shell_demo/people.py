"""Who can sign in to this portal. A real one has them in its database, with a password or a provider."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organization:
    """`id` is the UUID that the portal gave the organization when it created it over the API."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """`id` is never given to another person. `role` is `org_admin`, who sees billing, or `member`, who doesn't."""

    id: str
    name: str
    email: str
    role: str
    organization: Organization

    @property
    def is_owner(self) -> bool:
        """Whether billing is for them."""
        return self.role == "org_admin"


HARBOR = Organization("01990f5e-0000-7000-8000-00000000a001", "Harbor Dental")
PINE = Organization("01990f5e-0000-7000-8000-00000000a002", "Pine Realty")
ATLAS = Organization("01990f5e-0000-7000-8000-00000000a003", "Atlas Freight")

PEOPLE = (
    Person("claire", "Claire Novak", "claire@harbor.example", "org_admin", HARBOR),
    Person("samuel", "Samuel Reyes", "samuel@pine.example", "org_admin", PINE),
    Person("ruth", "Ruth Lindqvist", "ruth@atlas.example", "org_admin", ATLAS),
    Person("eli", "Eli Park", "eli@harbor.example", "member", HARBOR),
)
