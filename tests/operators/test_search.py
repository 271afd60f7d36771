"""An organization is found by whatever someone has at hand, and by nothing that is another's."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from app.clock import utc_now
from app.extensions import db
from app.models import Dispute, Invoice, InvoiceStatus, Organization, TopUp, TopUpStatus, Transfer
from app.models.scope import Reason, scope_to, seeing_all
from app.operators import search
from app.people import organizations
from tests.factories import a_card, a_person, an_organization
from tests.support import rows
from tests.support.database import behind_the_scenes
from tests.support.large_tables import large
from tests.support.statements import statements


@pytest.fixture
def harbor(app: Flask) -> Organization:
    an_organization("Pine Realty", credit="5")
    harbor = an_organization("Harbor 50% Dental", credit="5")
    a_person("Owner@harbor.example", organization=harbor)
    card = a_card(harbor)
    harbor.stripe_customer_id, harbor.former_customer_ids = "cus_now", ["cus_before"]
    harbor.external_id, harbor.billing_emails = "platform-7", ["books@harbor.example"]
    top_up = TopUp(
        org_id=harbor.id,
        id=UUID(int=7),
        amount_micro=1,
        currency="USD",
        status=TopUpStatus.SUCCEEDED,
        payment_method_id=card.id,
        payment_intent_id="pi_1",
        charge_id="ch_1",
    )
    db.session.add(top_up)
    db.session.flush()
    db.session.add(
        Invoice(
            org_id=harbor.id,
            stripe_id="in_1",
            number="F8C3-0007",
            description="Growth",
            issued_at=utc_now(),
            amount_micro=1,
            currency="USD",
            status=InvoiceStatus.PAID,
        )
    )
    db.session.add(
        Dispute(
            org_id=harbor.id,
            stripe_id="dp_1",
            top_up_id=top_up.id,
            amount_micro=1,
            currency="USD",
            status="lost",
            reason="fraudulent",
            opened_at=utc_now(),
        )
    )
    db.session.commit()
    return harbor


def a_transfer(harbor: Organization) -> str:
    return str(db.session.scalars(db.select(Transfer.id).where(Transfer.org_id == harbor.id)).one())


def names(wanted: str) -> list[str]:
    return [one.name for one in search.find(wanted).matches]


HAS: dict[str, Callable[[Organization], str]] = {
    "name": lambda _: "  harbor 50% D",
    "short name": lambda it: it.slug,
    "id": lambda it: str(it.id),
    "platform's id": lambda _: "platform-7",
    "owner": lambda _: "owner@HARBOR.example",
    "recipient": lambda _: "Books@harbor.example",
    "customer": lambda _: "cus_now",
    "deleted customer": lambda _: "cus_before",
    "payment": lambda _: "pi_1",
    "charge": lambda _: "ch_1",
    "invoice": lambda _: "in_1",
    "invoice's number": lambda _: "F8C3-0007",
    "dispute": lambda _: "dp_1",
    "transfer": a_transfer,
    "top-up": lambda _: str(UUID(int=7)),
}


def test_it_is_found_by_each(harbor: Organization) -> None:
    assert {what: names(has(harbor)) for what, has in HAS.items()} == {what: [harbor.name] for what in HAS}


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "  ",
        "50%x",
        "_",
        "%%",
        "pi_2",
        "in_",
        "cus_",
        "oks@harbor.example",
        "@",
        "a\x00b",
        "x" * 999,
        "' OR 1=1 --",
    ],
)
def test_what_is_nowhere_finds_nothing(harbor: Organization, wanted: str) -> None:
    assert names(wanted) == []


@pytest.mark.parametrize("wanted", [*search.IDS_AT_STRIPE, "cus_"])
def test_an_id_at_stripe_is_found_by_an_index_of_its_own(harbor: Organization, wanted: str) -> None:
    """Of very many organizations, and very many of what they have."""
    with behind_the_scenes() as connection:
        rows.write(connection, db.metadata.tables["subscription"], harbor.id)
    query = next(iter(search.queries(f"{wanted}1")))
    said = str(query.compile(db.engine, compile_kwargs={"literal_binds": True}))
    with (
        large("organization", "top_up", "invoice", "subscription", "payment_method", "dispute"),
        seeing_all(Reason.TESTS),
    ):
        plan = [row[0] for row in db.session.execute(text(f"EXPLAIN {said}"))]
        (found,) = [number for number, line in enumerate(plan) if f"= '{wanted}1'" in line]
        name = re.search(r"using (\w+) on", plan[found - 1])
        assert name is not None, plan
        first = db.session.scalar(text(f"SELECT pg_get_indexdef('{name[1]}'::regclass, 1, true)"))
    assert plan[found].strip().startswith(f"Index Cond: (({first})::text = "), plan


def test_an_unknown_id_finds_nothing(harbor: Organization) -> None:
    assert names(str(uuid4())) == []


def test_it_searches_all_and_leaves_the_session_as_narrow_as_it_was(harbor: Organization) -> None:
    pine = search.find("pine").matches[0].id
    scope_to(db.session(), pine)
    assert names("harbor 50") == ["Harbor 50% Dental"]
    assert db.session.scalars(db.select(Organization.id)).all() == [pine]


def test_many_come_in_pages_in_the_order_of_their_names(harbor: Organization) -> None:
    """Each once; also those of one name, and whatever is asked for after an organization that isn't there."""
    made = []
    for number in range(2 * search.MOST + 3):
        one = an_organization(f"X{number}")
        one.name = f"chain {number % 7}"
        made.append(one.id)
    db.session.commit()
    seen: list[UUID] = []
    page = search.find("Chain")
    while True:
        assert len(page.matches) <= search.MOST
        seen += [one.id for one in page.matches]
        if not page.has_more:
            break
        page = search.find("Chain", after=seen[-1])
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen))
    assert search.find("Chain", after=uuid4()) == search.find("chain")


def test_names_that_begin_so_come_before_those_that_have_it_in_the_middle(harbor: Organization) -> None:
    an_organization("Old Harbor")
    assert names("harbor") == [harbor.name]
    assert names("old harb") == ["Old Harbor"]
    assert names("arbor") == [harbor.name, "Old Harbor"]


def test_a_name_and_an_address_are_known_in_lower_case_whatever_writes_them(harbor: Organization) -> None:
    harbor.name = "HARBOR & Sons"
    db.session.flush()
    db.session.execute(text("UPDATE organization SET name_key = 'forged' WHERE id = :id"), {"id": harbor.id})
    db.session.execute(text("UPDATE \"user\" SET email = 'Pat@Harbor.example'"))
    db.session.commit()
    assert names("harbor & s") == ["HARBOR & Sons"]
    assert names("pat@harbor.example") == ["HARBOR & Sons"]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [("Harbor", "ix_organization_name_key"), ("owner@harbor.example", "ix_user_email_key")],
)
def test_names_and_addresses_are_found_by_an_index(harbor: Organization, wanted: str, index: str) -> None:
    """Under row-level security, as the application asks."""
    query = next(iter(search.queries(wanted)))
    said = str(query.compile(db.engine, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    with large("organization", "user", "membership"), seeing_all(Reason.TESTS):
        plan = "\n".join(row[0] for row in db.session.execute(text(f"EXPLAIN {said}".replace(":", "\\:"))))
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan


def test_signing_in_finds_a_person_by_an_index(harbor: Organization) -> None:
    with large("user", "membership"), seeing_all(Reason.TESTS), statements() as asked:
        organizations.find_user("Owner@harbor.example")
        plan = "\n".join(
            row[0]
            for row in db.session.execute(text("EXPLAIN SELECT id FROM \"user\" WHERE email_key = 'x'"))
        )
    assert "email_key = " in asked[0]
    assert "Index Cond: (email_key = 'x'::text)" in plan, plan
