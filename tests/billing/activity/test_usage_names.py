"""The names that filters offer."""

from __future__ import annotations

from flask import Flask

from app.billing.activity import usage_names
from app.billing.activity.usage_names import UsageNames
from tests.billing.activity.selected import a_user, add_up, use


def test_each_name_once_in_order_and_only_the_organizations_own(app: Flask) -> None:
    organization, other = a_user(), a_user()
    for day, campaign in enumerate(("Recall", "Billing", "Recall", "")):
        use(organization, days=day, **({"campaign": campaign} if campaign else {}), agent="Ava", country="US")
    use(other, campaign="Secret", number="+1 000")
    add_up(organization)
    add_up(other)
    assert usage_names.gather(organization) == UsageNames(("Billing", "Recall"), ("Ava",), (), ("US",))
    assert not usage_names.gather(a_user())


def test_of_very_many_the_first_are_offered(app: Flask, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(usage_names, "MOST", 2)
    organization = a_user()
    for name in "dacb":
        use(organization, agent=name)
    add_up(organization)
    assert usage_names.gather(organization).agents == ("a", "b")
