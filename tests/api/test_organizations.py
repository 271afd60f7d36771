"""The platform makes organizations under its own ids, changes them, and says what they have."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.billing.audit import OPERATOR
from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent, Organization, Wallet, WalletLine
from app.people import organizations, provisioning
from tests.factories import a_person, an_organization, at, give_credit
from tests.support.browsing import Visitor
from tests.support.locking import until_someone_waits
from tests.support.platform import Platform, is_problem

HARBOR = {"name": "Harbor Dental", "timezone": "America/New_York"}


def put(platform: Platform, org_id: UUID, **changes: object) -> object:
    return platform.put(f"/organizations/{org_id}", HARBOR | changes)


class TestMaking:
    def test_it_is_made_under_the_platforms_id_with_an_empty_wallet(self, platform: Platform) -> None:
        org_id = uuid7()
        made = platform.put(f"/organizations/{org_id}", HARBOR | {"external_id": "crm-1"})
        assert made.status_code == 201
        assert made.json["id"] == str(org_id)
        assert (made.json["slug"], made.json["currency"]) == ("harbor-dental", "USD")
        status = platform.get(f"/organizations/{org_id}/status").json
        assert (status["state"], status["posted_micro"]) == ("paused", 0)
        assert platform.get(f"/organizations/{org_id}").json == made.json

    def test_of_two_at_the_same_moment_the_later_one_updates_it(self, app: Flask, platform: Platform) -> None:
        """As where the first answer was lost, and the request is sent again while it is being served."""
        org_id = uuid7()
        wanted = provisioning.Wanted(HARBOR["name"], HARBOR["timezone"])
        provisioning.provision(org_id, wanted, OPERATOR)
        with ThreadPoolExecutor() as aside:
            again = aside.submit(platform.put, f"/organizations/{org_id}", HARBOR)
            until_someone_waits()
            db.session.commit()
            assert again.result().status_code == 200

    def test_of_two_with_one_name_at_the_same_moment_each_gets_a_short_name(
        self, app: Flask, platform: Platform
    ) -> None:
        wanted = provisioning.Wanted(HARBOR["name"], HARBOR["timezone"])
        provisioning.provision(uuid7(), wanted, OPERATOR)
        with ThreadPoolExecutor() as aside:
            other = aside.submit(platform.put, f"/organizations/{uuid7()}", HARBOR)
            until_someone_waits()
            db.session.commit()
            made = other.result()
        assert made.status_code == 201
        assert made.json["slug"].startswith("harbor-dental-")

    def test_the_same_again_changes_nothing(self, platform: Platform) -> None:
        org_id = uuid7()
        body = HARBOR | {"owners": ["ruth@harbor.example"], "external_id": "crm-1"}
        first = platform.put(f"/organizations/{org_id}", body)
        again = platform.put(f"/organizations/{org_id}", body)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json == again.json
        assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == 1

    def test_customers_may_have_the_same_name_or_one_without_latin_letters(self, platform: Platform) -> None:
        for name in ("Harbor Dental", "Harbor Dental", "港湾歯科", "港湾歯科"):
            assert platform.put(f"/organizations/{uuid7()}", HARBOR | {"name": name}).status_code == 201
        slugs = db.session.scalars(select(Organization.slug)).all()
        assert len(set(slugs)) == 4

    def test_a_token_of_one_organization_makes_no_other(self, app: Flask) -> None:
        own = an_organization()
        theirs = Platform(app, organization=own)
        assert is_problem(theirs.put(f"/organizations/{uuid7()}", HARBOR), "not-found", 404)
        assert theirs.put(f"/organizations/{own.id}", HARBOR).status_code == 200

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"name": "  "}, "/name"),
            ({"name": 7}, "/name"),
            ({"timezone": "Mars/Olympus"}, "/timezone"),
            ({"currency": "usd"}, "/currency"),
            ({"currency": "EUR"}, "/currency"),
            ({"owners": []}, "/owners"),
            ({"owners": ["ruth@harbor.example", "ruth"]}, "/owners/1"),
            ({"plan": "growth"}, "/plan"),
        ],
    )
    def test_what_is_wrong_is_pointed_out_and_nothing_is_made(
        self, platform: Platform, changes: dict[str, object], pointer: str
    ) -> None:
        answer = platform.put(f"/organizations/{uuid7()}", HARBOR | changes)
        assert is_problem(answer, "invalid-content", 422)
        assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
        assert db.session.scalar(select(func.count()).select_from(Wallet)) == 0

    def test_everything_that_is_wrong_is_said_together(self, platform: Platform) -> None:
        answer = platform.put(f"/organizations/{uuid7()}", {"name": 7, "plan": "x", "a/b~": 1})
        assert {one["pointer"] for one in answer.json["errors"]} == {"/name", "/plan", "/a~1b~0", "/timezone"}

    def test_the_id_of_zeros_is_no_organizations(self, platform: Platform) -> None:
        assert is_problem(platform.put(f"/organizations/{UUID(int=0)}", HARBOR), "invalid-content", 422)


class TestChanging:
    def test_a_zone_further_west_leaves_the_wallets_days_in_order(self, platform: Platform) -> None:
        organization = an_organization("Harbor", timezone="Pacific/Kiritimati")
        give_credit(organization, "5", at=at("2026-08-31 11:00"))
        platform.put(f"/organizations/{organization.id}", HARBOR | {"timezone": "Etc/GMT+12"})
        db.session.refresh(organization)
        give_credit(organization, "5", at=at("2026-08-31 12:00"))
        days = db.session.scalars(select(WalletLine.day).order_by(WalletLine.seq)).all()
        assert [str(day) for day in days] == ["2026-09-01", "2026-09-01"]

    def test_name_and_zone_change_and_are_in_the_audit_trail(self, platform: Platform) -> None:
        organization = an_organization("Harbor")
        platform.put(f"/organizations/{organization.id}", HARBOR)
        db.session.refresh(organization)
        assert (organization.name, organization.timezone) == ("Harbor Dental", "America/New_York")
        note = db.session.scalars(select(AuditEvent)).one()
        assert (note.actor, note.action) == ("token the platform", "organization.changed")
        assert note.details["before"]["name"] == "Harbor"

    def test_the_currency_of_a_ledger_stays(self, platform: Platform) -> None:
        organization = an_organization()
        address = f"/organizations/{organization.id}"
        assert platform.put(address, HARBOR | {"currency": "USD"}).status_code == 200
        assert is_problem(platform.put(address, HARBOR | {"currency": "EUR"}), "fixed-for-good", 409)

    def test_no_two_have_the_same_external_id(self, platform: Platform) -> None:
        one, other = uuid7(), uuid7()
        platform.put(f"/organizations/{one}", HARBOR | {"external_id": "crm-1"})
        taken = platform.put(f"/organizations/{other}", HARBOR | {"external_id": "crm-1"})
        assert is_problem(taken, "fixed-for-good", 409)
        assert taken.json["errors"][0]["pointer"] == "/external_id"

    def test_a_token_of_one_organization_neither_tries_external_ids_nor_takes_one(self, app: Flask) -> None:
        platform = Platform(app)
        harbor, other = uuid7(), uuid7()
        platform.put(f"/organizations/{harbor}", HARBOR | {"external_id": "crm-1"})
        platform.put(f"/organizations/{other}", HARBOR | {"external_id": "crm-2"})
        bound = Platform(app, organization=db.session.get_one(Organization, harbor))
        answers = [
            bound.put(f"/organizations/{harbor}", HARBOR | {"external_id": tried})
            for tried in ("crm-2", "crm-3")
        ]
        for answer in answers:
            assert is_problem(answer, "invalid-content", 422)
        assert answers[0].json["errors"] == answers[1].json["errors"]
        for changes in ({}, {"external_id": "crm-1"}):
            same = bound.put(f"/organizations/{harbor}", HARBOR | changes)
            assert same.json["external_id"] == "crm-1"


class TestOwners:
    @pytest.mark.long
    def test_the_owners_are_who_was_named_and_who_is_not_sees_nothing_any_more(
        self, platform: Platform, visitor: Visitor
    ) -> None:
        organization = an_organization()
        gone = a_person(organization=organization)
        visitor.begin_session(gone.email)
        assert visitor.get("/billing").status_code == 200
        answer = platform.put(
            f"/organizations/{organization.id}",
            HARBOR | {"owners": ["ruth@harbor.example", "RUTH@harbor.example"]},
        )
        assert [one["email"] for one in answer.json["owners"]] == ["ruth@harbor.example"]
        assert answer.json["owners"][0]["invited"] is True
        assert visitor.get("/billing").status_code == 403

    def test_left_out_they_stay(self, platform: Platform) -> None:
        organization = an_organization()
        owner = a_person(organization=organization)
        platform.put(f"/organizations/{organization.id}", HARBOR)
        assert [one.email for one in organizations.owners_of(organization.id)] == [owner.email]

    def test_an_invitation_lets_its_owner_in(self, platform: Platform, visitor: Visitor) -> None:
        org_id = uuid7()
        platform.put(f"/organizations/{org_id}", HARBOR | {"owners": ["ruth@harbor.example"]})
        made = platform.post(f"/organizations/{org_id}/invitations", {"email": "ruth@harbor.example"})
        assert made.status_code == 201
        link = made.json["link"].removeprefix("http://localhost:8000")
        visitor.post(link, {"password": "eight green bottles"})
        assert "Harbor Dental" in visitor.get("/billing").text

    def test_only_an_owner_is_invited(self, platform: Platform) -> None:
        organization = an_organization()
        elsewhere = a_person(organization=an_organization())
        for email in (elsewhere.email, "missing@harbor.example"):
            answer = platform.post(f"/organizations/{organization.id}/invitations", {"email": email})
            assert is_problem(answer, "invalid-content", 422)


class TestResources:
    def test_counts_that_are_named_are_set_and_others_stay(self, platform: Platform) -> None:
        address = f"/organizations/{an_organization().id}/resources"
        assert platform.put(address, {"agents": 3, "seats": 1}).json == {"agents": 3, "seats": 1}
        assert platform.put(address, {"agents": 0}).json == {"agents": 0, "seats": 1}
        assert platform.put(address, {}).json == {"agents": 0, "seats": 1}

    def test_names_come_with_their_count_or_later(self, platform: Platform) -> None:
        address = f"/organizations/{an_organization().id}/resources"
        named = {"agents": 2, "agent_names": ["Ava", "Noah"]}
        assert platform.put(address, named).json == named
        assert platform.put(address, {"agents": 1}).json == named | {"agents": 1}

    @pytest.mark.parametrize("count", [-1, "7", 7.5, 10**10, True, None])
    def test_a_count_is_a_whole_number(self, platform: Platform, count: object) -> None:
        answer = platform.put(f"/organizations/{an_organization().id}/resources", {"agents": count})
        assert is_problem(answer, "invalid-content", 422)
        assert answer.json["errors"][0]["pointer"] == "/agents"

    def test_open_pages_learn_of_it(self, platform: Platform) -> None:
        organization = an_organization()
        version = select(Wallet.version).where(Wallet.org_id == organization.id)
        before = db.session.scalar(version)
        for _ in range(2):
            platform.put(f"/organizations/{organization.id}/resources", {"agents": 3})
        db.session.rollback()
        assert db.session.scalar(version) == before + 1


class TestEntitlements:
    def test_they_name_the_plan_its_limits_and_what_is_left(self, platform: Platform) -> None:
        organization = an_organization()
        platform.put(f"/organizations/{organization.id}/resources", {"agents": 3, "seats": 2})
        told = platform.get(f"/organizations/{organization.id}/entitlements").json
        assert told["plan"]["key"] == "starter"
        limits = {one["resource"]: one for one in told["limits"]}
        assert limits["agents"] == {"resource": "agents", "allowed": 1, "used": 3, "exceeded": True}
        assert limits["concurrent_calls"]["used"] is None
        assert limits["seats"]["allowed"] is None
        minutes = told["allowances"][0]
        assert (minutes["key"], minutes["unit"]) == ("call_minutes", "second")
        assert minutes["left"] == minutes["included"] == 3000

    def test_what_was_used_is_gone_from_the_allowance(self, platform: Platform) -> None:
        from app.clock import utc_now
        from demo import usage_reports
        from demo.usage_reports import Used

        organization = an_organization()
        used = Used("calls_outbound", 1000, organization.local_day())
        usage_reports.record(organization, "report", [used], at=utc_now())
        db.session.commit()
        minutes = platform.get(f"/organizations/{organization.id}/entitlements").json["allowances"][0]
        assert (minutes["used"], minutes["left"]) == (1000, 2000)


@pytest.mark.parametrize("path", ["", "/entitlements", "/transfers", "/status"])
def test_nothing_is_told_of_an_organization_that_is_not_there(platform: Platform, path: str) -> None:
    assert is_problem(platform.get(f"/organizations/{uuid7()}{path}"), "not-found", 404)
