"""Of each rule of the URL map it is known whether it shows a page, and where that can be looked at."""

from __future__ import annotations

import pytest
from flask import Flask

from dev.page_map import NO_PAGES, SIGNED_OUT, pages
from tests.factories import a_person
from tests.support.addresses import NEEDED, QUERIES, addresses
from tests.support.sandbox import Sandbox
from tests.support.states import busy, going_down


def test_every_rule_that_is_named_is_there(application: Flask) -> None:
    known = {rule.endpoint for rule in application.url_map.iter_rules()}
    assert {*NO_PAGES, *SIGNED_OUT, *QUERIES, *NEEDED} - known == set()


@pytest.mark.long
def test_every_page_has_an_address_in_some_state(app: Flask, sandbox: Sandbox) -> None:
    """Those of a second factor, of an envelope and of a saved view have one once there is one."""
    found: set[str] = set()
    for state in (busy, going_down):
        organization = state()
        a_person(organization=organization)
        found |= {one.name for one in addresses(app, organization, a_person(organization=organization))}
    one_of_theirs = {"factors.remove_passkey", "factors.rename_passkey"}
    one_of_theirs |= {"set_aside.show_envelope", "wallet.rename_view"}
    assert {rule.endpoint for rule in pages(app)} == found | SIGNED_OUT | one_of_theirs
