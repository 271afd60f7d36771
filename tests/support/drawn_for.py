"""An owner of two organizations, with a page of one open while the other is chosen in a second tab."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.routing import Rule

from app.extensions import db
from app.models import Organization
from tests.factories import a_payer, a_person
from tests.support.browsing import Visitor
from tests.support.topping_up import begin


class Group(Visitor):
    """Who owns Harbor and Pine. What is drawn by `harbor` stays as it was drawn once `switch` was pressed in a second
    tab."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.test_client())
        (self.harbor, self.card), (self.pine, _) = a_payer(credit="100"), a_payer(credit="7")
        self.harbor.name, self.pine.name = "Harbor Dental", "Pine Realty"
        db.session.commit()
        self.email = a_person(organization=self.harbor).email
        a_person(self.email, organization=self.pine)
        self.begin_session(self.email)
        self.switch(self.harbor)
        self.top_up = begin(self.harbor, self.card)
        self.drawn = self.token()

    def switch(self, organization: Organization) -> None:
        """Switch in another tab."""
        assert self.post("/organization", {"organization": str(organization.id)}).status_code == 302

    def address_of(self, rule: Rule) -> str:
        """An address of a rule, with Harbor's own things in it where there are some."""
        known: dict[str, Any] = {"top_up_id": self.top_up, "card_id": self.card.id, "month": "2026-11"}
        values = {
            name: known.get(name, uuid4() if "UUID" in type(rule._converters[name]).__name__ else "x")
            for name in rule.arguments
        }
        with self.client.application.test_request_context():
            return str(rule.build(values)[1])  # type: ignore[index]


def guarded(app: Flask) -> list[Rule]:
    """Every rule behind `org_admin_required`, no matter who adds it."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "org_admin_required", False)
    ]
