"""The owner of an organization who fills in forms, in the application and at the stand-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask

from app.models import Organization, User
from tests.factories import a_payer, a_person
from tests.support.browsing import Visitor
from tests.support.sandbox import Sandbox

Filled = tuple[str, dict[str, Any]]
"""The path that a form is sent to, and its fields."""

WALLET, CARDS, PLAN, RENEWAL, SECURITY = (
    f"/billing/{name}" for name in ("wallet", "payment-methods", "change-plan", "renewal", "security")
)
ALERTS, LIMITS, ASIDE = (f"{WALLET}/{name}" for name in ("alerts", "limits", "set-aside"))


@dataclass
class Stage:
    """The application, the stand-in, and the owner of an organization with $200.00 and a card."""

    app: Flask
    sandbox: Sandbox
    person: User | None = None
    organization: Organization | None = None
    visitor: Visitor | None = None
    headers: Any = None

    def enter(self, organization: Organization | None = None) -> Organization:
        """Sign in as an owner of this organization, or of one with $200.00 and a card."""
        found = organization or a_payer(credit="200")[0]
        self.organization, self.person = found, a_person(organization=found)
        self.visitor = Visitor(self.app.test_client())
        self.visitor.begin_session(self.person.email)
        return found

    def read(self, path: str) -> Any:
        assert self.visitor is not None
        return self.visitor.get(path)

    def at_page(self) -> tuple[Visitor, UUID, UUID]:
        """Whose browser it is, with the ids of the organization and the person."""
        assert self.visitor is not None
        assert self.organization is not None
        return self.visitor, self.organization.id, self.user.id

    @property
    def user(self) -> User:
        assert self.person is not None
        return self.person
