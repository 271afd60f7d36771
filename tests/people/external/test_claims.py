"""How an ID token says who it is."""

from __future__ import annotations

from typing import Any

import pytest

from app.models import Role
from app.openid import IDToken
from app.people.external.claims import Claims, read
from tests.support.openid_provider import ORG_ID, Provider, dana


def said(**changes: Any) -> Claims:
    token = IDToken("https://login.acme.example", "2f1c", None, frozenset(), dana(**changes).claims)
    return read(token, Provider().settings())


def test_everything_is_read_by_the_names_of_the_settings() -> None:
    found = said()
    assert (found.email, found.email_is_verified, found.name) == ("dana@acme.example", True, "Dana Whitfield")
    assert (str(found.organization_id), found.organization_name) == (ORG_ID, "Acme Rivets")
    assert found.role is Role.ORG_ADMIN
    token = IDToken(
        "https://i.example", "a", None, frozenset(), {"tid": ORG_ID, "groups": "staff", "xms_edov": True}
    )
    own = Provider().settings(
        organization_claim="tid",
        roles_claim="groups",
        member_roles=("staff",),
        email_verified_claim="xms_edov",
    )
    found = read(token, own)
    assert (str(found.organization_id), found.role, found.email_is_verified) == (ORG_ID, Role.MEMBER, True)


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["member", "billing-owners"], Role.ORG_ADMIN),
        ("org_admin", Role.ORG_ADMIN),
        (["member"], Role.MEMBER),
        (["ORG_ADMIN"], None),
        (["org_admin "], None),
        ("org_admin member", None),
        ([["org_admin"]], None),
        ({"org_admin": True}, None),
        ([7, None, True], None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_the_highest_known_role_counts_and_others_are_none(roles: object, role: Role | None) -> None:
    assert said(roles=roles).role is role


@pytest.mark.parametrize("verified", ["true", "false", 1, None, [True], {}])
def test_only_true_means_verified(verified: object) -> None:
    assert said(email_verified=verified).email_is_verified is False


@pytest.mark.parametrize("org", ["", "acme", 7, None, [ORG_ID], {"id": ORG_ID}, "0" * 500, "\0", "\ud800"])
def test_only_an_id_names_an_organization(org: object) -> None:
    assert said(org=org).organization_id is None


@pytest.mark.parametrize(
    "email",
    [
        "dana@acme.example\u200b",
        "dana\u202e@acme.example",
        " dana@acme.example",
        "dana@acme.example\n",
        f"dana@{'a' * 240}.example.evil.example",
        ["dana@acme.example"],
    ],
)
def test_an_address_that_has_to_be_changed_is_none(email: object) -> None:
    """The issuer has verified another one."""
    assert said(email=email).email == ""


def test_names_can_be_stored_and_shown() -> None:
    found = said(name="Da\0na\ud800\u202e\n" + "a" * 9000, org_name=["Acme"])
    assert found.name.startswith("Da")
    assert len(found.name) <= 254
    assert not set(found.name) & set("\0\ud800\u202e\n")
    assert found.organization_name == ""
