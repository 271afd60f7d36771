"""Anyone who loses the role loses what hangs on it: mail about money, invitations to them and by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.billing.audit import Actor
from app.billing.customers import details
from app.billing.customers import queries as customer_queries
from app.billing.customers.details import ChangedMeanwhileError
from app.billing.customers.validation import Details
from app.billing.mail.recipients import recipients_of
from app.extensions import db
from app.models import Invitation, Organization, Role
from app.people import invitations, memberships, organizations
from app.people.provisioning import Wanted, provision
from tests.factories import OWNER, a_payer, a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.platform import Platform
from tests.support.sandbox import Sandbox, work_through

GONE, STAYS = "gone@harbor.example", "stays@harbor.example"


def by_put(app: Flask, organization: Organization) -> None:
    body = {"name": organization.name, "timezone": "UTC", "owners": [STAYS]}
    assert Platform(app).put(f"/organizations/{organization.id}", body).status_code == 200


def by_removing(app: Flask, organization: Organization) -> None:
    command(app, "user", "remove", GONE.upper(), "--organization", organization.slug)


def by_another_role(app: Flask, organization: Organization) -> None:
    command(app, "user", "invite", GONE, "--organization", organization.slug, "--role", "member")


def by_the_demos_way(app: Flask, organization: Organization) -> None:
    organizations.add_person(GONE, name="", organization=organization, role=Role.MEMBER)
    db.session.commit()


def command(app: Flask, *arguments: str) -> None:
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == 0, result.output


@pytest.fixture(params=[by_put, by_removing, by_another_role, by_the_demos_way])
def lose(request: pytest.FixtureRequest, app: Flask) -> Callable[[Organization], None]:
    """Each way to lose the role."""

    def act(organization: Organization) -> None:
        request.param(app, organization)
        db.session.expire_all()

    return act


@pytest.fixture
def harbor(app: Flask) -> Organization:
    made = an_organization("Harbor Dental")
    for email in (GONE, STAYS):
        a_person(email, organization=made)
    return made


def test_they_get_no_more_mail_about_money(
    lose: Callable[[Organization], None], harbor: Organization
) -> None:
    organizations.set_billing_emails(harbor, ["Gone@harbor.example", "books@harbor.example"], OWNER)
    db.session.commit()
    lose(harbor)
    assert recipients_of(harbor) == ["books@harbor.example"]


def test_where_no_one_else_was_named_the_owners_get_it(
    lose: Callable[[Organization], None], harbor: Organization
) -> None:
    organizations.set_billing_emails(harbor, [GONE], OWNER)
    db.session.commit()
    lose(harbor)
    assert recipients_of(harbor) == [STAYS]


def test_a_form_that_was_open_before_does_not_bring_them_back(
    lose: Callable[[Organization], None], harbor: Organization
) -> None:
    organizations.set_billing_emails(harbor, [GONE], OWNER)
    db.session.commit()
    _, version = customer_queries.gather(harbor)
    lose(harbor)
    with pytest.raises(ChangedMeanwhileError):
        details.save(harbor, Details(emails=(GONE,)), version, OWNER)


def test_stripe_writes_to_them_no_more(
    app: Flask, sandbox: Sandbox, lose: Callable[[Organization], None]
) -> None:
    organization, _ = a_payer()
    for email in (GONE, STAYS):
        a_person(email, organization=organization)
    details.save(organization, Details(legal_name="Harbor"), 0, OWNER)
    db.session.commit()
    work_through(app)
    customer_id = organization.stripe_customer_id or ""
    assert sandbox.stripe.v1.customers.retrieve(customer_id).email == GONE
    lose(organization)
    work_through(app)
    assert sandbox.stripe.v1.customers.retrieve(customer_id).email == STAYS


def test_open_invitations_to_them_and_by_them_end(
    app: Flask, lose: Callable[[Organization], None], harbor: Organization
) -> None:
    gone = organizations.find_user(GONE)
    assert gone is not None
    to_them = invitations.invite(harbor, GONE, role=Role.ORG_ADMIN, actor=OWNER)
    by_them = invitations.invite(harbor, "accomplice@x.example", role=Role.MEMBER, actor=Actor(GONE, gone.id))
    by_others = invitations.invite(harbor, "ruth@birch.example", role=Role.MEMBER, actor=OWNER)
    elsewhere = invitations.invite(an_organization(), GONE, role=Role.ORG_ADMIN, actor=OWNER)
    db.session.commit()
    lose(harbor)
    opened = [
        Visitor(app.test_client()).get(f"/invitations/{link.token}").status_code
        for link in (to_them, by_them, by_others, elsewhere)
    ]
    assert opened == [404, 404, 200, 200]


def test_what_they_own_elsewhere_stays_theirs(
    lose: Callable[[Organization], None], harbor: Organization, visitor: Visitor
) -> None:
    pine = an_organization("Pine Realty")
    a_person(GONE, organization=pine)
    organizations.set_billing_emails(pine, [GONE], OWNER)
    db.session.commit()
    lose(harbor)
    assert recipients_of(pine) == [GONE]
    visitor.begin_session(GONE)
    assert "Pine Realty" in visitor.get("/billing").text


def test_naming_them_again_asks_them_again(harbor: Organization) -> None:
    for owners in ([STAYS], [STAYS, GONE]):
        provision(harbor.id, Wanted(harbor.name, "UTC", owners=owners), OWNER)
    db.session.commit()
    assert [one.email for one in organizations.owners_of(harbor.id)] == [STAYS]
    assert [one.email for one in invitations.list_open(harbor.id)] == [GONE]


def test_a_second_invitation_ends_the_first(app: Flask, harbor: Organization) -> None:
    first, second = (
        invitations.invite(harbor, email, role=Role.MEMBER, actor=OWNER)
        for email in ("ruth@birch.example", "RUTH@birch.example")
    )
    db.session.commit()
    opened = [
        Visitor(app.test_client()).get(f"/invitations/{link.token}").status_code for link in (first, second)
    ]
    assert opened == [404, 200]
    assert db.session.query(Invitation).filter_by(ended_at=None).count() == 1


def test_a_role_that_is_given_again_changes_nothing(harbor: Organization) -> None:
    person = organizations.find_user(GONE)
    assert person is not None
    organizations.set_billing_emails(harbor, [GONE], OWNER)
    memberships.assign_role(harbor, person, Role.ORG_ADMIN, OWNER)
    assert recipients_of(harbor) == [GONE]


@pytest.mark.parametrize("others", [0, 1, 2])
def test_who_is_taken_out_of_the_organization_in_view_continues_in_their_others(
    app: Flask, visitor: Visitor, others: int
) -> None:
    harbor = an_organization("Harbor Dental")
    a_person(GONE, organization=harbor)
    a_person(STAYS, organization=harbor)
    visitor.begin_session(GONE)
    theirs = [an_organization(f"Other {number}") for number in range(others)]
    for other in theirs:
        a_person(GONE, organization=other)
    by_put(app, harbor)
    for path in ("/billing", f"/billing?org={harbor.slug}"):
        said = visitor.get(path)
        assert said.status_code in {403, 409}
        assert "no longer in" in said.text or not others
    assert [f"Go to {other.name}" in visitor.get("/billing").text for other in theirs] == [True] * others
    if theirs:
        assert visitor.post("/organization", {"organization": str(theirs[0].id)}).status_code == 302
        assert visitor.get("/billing").status_code == 200
