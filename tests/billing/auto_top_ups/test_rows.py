"""The settings and the consent that they rest on."""

from __future__ import annotations

from flask import Flask

from app.billing.auto_top_ups import rows
from tests.factories import a_card, an_organization
from tests.support.auto_top_ups import WORDS, switch_on


def test_the_newest_consent_is_the_one_that_counts(app: Flask) -> None:
    organization = an_organization(credit="30")
    assert rows.find_settings(organization.id) is None
    card = a_card(organization)
    switch_on(organization, card)
    switch_on(organization, card, cap="900")
    found = rows.find_settings(organization.id)
    assert found is not None
    consent = rows.consent_of(found)
    assert (consent.words, consent.settings["cap"]) == (WORDS, "900.00")
    assert rows.find_settings(an_organization().id) is None
