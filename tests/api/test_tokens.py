"""Who gets in: tokens that are good, for what they were made for, and no one else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import ApiToken, AuditEvent
from app.people import token_text, tokens
from app.people.tokens import Scope
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.platform import Platform, is_problem
from tests.support.statements import statements


def status_of(organization: object) -> str:
    return f"/organizations/{organization.id}/status"  # type: ignore[attr-defined]


class TestATokensText:
    def test_it_can_be_told_by_its_prefix_and_its_checksum(self) -> None:
        credential = token_text.fresh(uuid7())
        assert re.fullmatch(r"vpb_[0-9A-Za-z]{71}", credential.text)
        assert token_text.read(credential.text) == credential

    def test_one_wrong_character_is_noticed_without_asking_the_database(self) -> None:
        text = token_text.fresh(uuid7()).text
        for place in range(4, len(text)):
            other = "a" if text[place] != "a" else "b"
            assert token_text.read(text[:place] + other + text[place + 1 :]) is None

    @pytest.mark.parametrize("text", ["", "vpb_", "vpb_" + "z" * 71, "x" * 5000, "vpb_é", "Bearer vpb_"])
    def test_what_is_no_token_is_none(self, text: str) -> None:
        assert token_text.read(text) is None

    def test_the_smallest_and_the_largest_id_survive(self) -> None:
        for id_ in (uuid7().__class__(int=0), uuid7().__class__(int=2**128 - 1)):
            read = token_text.read(token_text.fresh(id_).text)
            assert read is not None
            assert read.id == id_


class TestWhoGetsIn:
    def test_a_platforms_token_sees_every_organization(self, platform: Platform) -> None:
        for organization in (an_organization(), an_organization()):
            assert platform.get(status_of(organization)).status_code == 200

    def test_a_token_of_one_organization_finds_no_other(self, app: Flask) -> None:
        own, other = an_organization(), an_organization()
        theirs = Platform(app, organization=own)
        assert theirs.get(status_of(own)).status_code == 200
        hidden = theirs.get(status_of(other))
        missing = theirs.get(f"/organizations/{uuid7()}/status")
        assert is_problem(hidden, "not-found", 404)
        assert hidden.json["detail"] == missing.json["detail"]

    def test_without_a_token_there_is_a_challenge(self, platform: Platform) -> None:
        for header in ("", "Basic YTpi", "Bearer", "Bearer  "):
            answer = platform.get("/organizations/x/status", headers={"Authorization": header})
            assert answer.status_code == 404  # no id at all: there is no such address
            answer = platform.get(f"/organizations/{uuid7()}/status", headers={"Authorization": header})
            assert is_problem(answer, "unauthorized", 401)
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Voice Portal billing"'

    def test_a_wrong_secret_with_a_known_id_is_refused(self, platform: Platform) -> None:
        forged = token_text.fresh(platform.token.id).text
        answer = platform.get(
            f"/organizations/{uuid7()}/status", headers={"Authorization": f"Bearer {forged}"}
        )
        assert is_problem(answer, "unauthorized", 401)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]

    def test_a_revoked_token_is_refused_with_the_next_request(self, platform: Platform) -> None:
        organization = an_organization()
        assert platform.get(status_of(organization)).status_code == 200
        tokens.revoke(platform.token.id)
        db.session.commit()
        answer = platform.get(status_of(organization))
        assert is_problem(answer, "unauthorized", 401)
        assert "revoked" in answer.json["detail"]

    def test_an_expired_token_is_refused(self, app: Flask) -> None:
        late = Platform(app, lasts=timedelta(seconds=-1))
        answer = late.get(f"/organizations/{uuid7()}/status")
        assert is_problem(answer, "unauthorized", 401)
        assert "expired" in answer.json["detail"]

    def test_without_the_scope_the_answer_names_it(self, app: Flask) -> None:
        answer = Platform(app, Scope.USAGE_WRITE).get(status_of(an_organization()))
        assert is_problem(answer, "missing-scope", 403)
        assert answer.json["scope"] == "status:read"
        assert 'error="insufficient_scope", scope="status:read"' in answer.headers["WWW-Authenticate"]

    def test_a_session_opens_no_api_and_a_token_opens_no_page(
        self, visitor: Visitor, platform: Platform
    ) -> None:
        organization = an_organization()
        visitor.begin_session(a_person(organization=organization).email)
        assert visitor.get("/billing").status_code == 200
        assert visitor.get(f"/api/v1{status_of(organization)}").status_code == 401
        page = platform.client.get("/billing", headers={"Authorization": f"Bearer {platform.text}"})
        assert (page.status_code, page.location[:8]) == (302, "/sign-in")


class TestWhatIsKept:
    def test_the_secret_is_nowhere_in_the_database(self, platform: Platform) -> None:
        row = db.session.execute(select(ApiToken.__table__)).one()
        secret = token_text.read(platform.text).secret  # type: ignore[union-attr]
        assert secret not in repr(row)
        assert platform.text not in repr(row)

    def test_when_it_was_last_used_is_written_once_a_minute(self, platform: Platform) -> None:
        organization = an_organization()
        platform.get(status_of(organization))
        first = db.session.scalar(select(ApiToken.last_used_at))
        assert first is not None
        with statements() as seen:
            platform.get(status_of(organization))
        assert not [one for one in seen if one.startswith("UPDATE")]
        db.session.execute(update(ApiToken).values(last_used_at=utc_now() - timedelta(minutes=2)))
        db.session.commit()
        platform.get(status_of(organization))
        db.session.commit()
        again = db.session.scalar(select(ApiToken.last_used_at))
        assert again is not None
        assert again >= first


class TestWhereItIsUsed:
    def used(self, platform: Platform, path: str, address: str) -> int:
        headers = {"Authorization": f"Bearer {platform.text}"}
        answer = platform.client.get(f"/api/v1{path}", headers=headers, environ_base={"REMOTE_ADDR": address})
        return answer.status_code

    def test_the_first_use_from_an_address_is_in_the_trail(self, app: Flask) -> None:
        organization = an_organization()
        theirs = Platform(app, organization=organization)
        for address in ("192.0.2.7", "192.0.2.7", "2001:db8::1", "2001:db8::2", "192.0.2.7", "192.0.2.8"):
            assert self.used(theirs, status_of(organization), address) == 200
        query = select(AuditEvent).where(AuditEvent.action == "token.used_from_new_address")
        entries = db.session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)).all()
        assert [one.address for one in entries] == ["192.0.2.7", "2001:db8::1", "192.0.2.8"]
        assert {(one.org_id, one.subject, one.details["name"]) for one in entries} == {
            (organization.id, str(theirs.token.id), theirs.token.name)
        }

    def test_so_many_networks_are_known_and_no_more(self, app: Flask) -> None:
        organization = an_organization()
        theirs = Platform(app, organization=organization)
        for number in range(53):
            self.used(theirs, status_of(organization), f"192.0.2.{number}")
        known = db.session.scalar(select(ApiToken.networks))
        assert known == [f"192.0.2.{number}" for number in range(3, 53)]

    def test_one_for_all_organizations_is_in_no_trail_but_works(self, platform: Platform) -> None:
        organization = an_organization()
        assert self.used(platform, status_of(organization), "192.0.2.7") == 200
        assert db.session.scalar(select(ApiToken.networks)) == ["192.0.2.7"]
        assert (
            db.session.scalars(select(AuditEvent).where(AuditEvent.action.startswith("token."))).all() == []
        )


class TestCommands:
    def test_a_token_is_made_shown_once_listed_and_revoked(self, app: Flask) -> None:
        organization = an_organization("Harbor Dental")
        run = app.test_cli_runner().invoke
        scopes = ["--scope", "status:read", "--scope", "usage:write"]
        bounds = ["--organization", "harbor-dental", "--expires", "90d"]
        made = run(args=["token", "create", "--name", "engine", *scopes, *bounds])
        assert made.exit_code == 0, made.output
        text = made.output.split()[0]
        caller = tokens.identify(text)
        assert caller.org_id == organization.id
        assert caller.scopes == {"status:read", "usage:write"}
        listed = run(args=["token", "list"]).output
        assert "engine" in listed
        assert "harbor-dental" in listed
        assert text not in listed
        ended = run(args=["token", "revoke", str(caller.token_id)])
        assert "is revoked" in ended.output
        assert "revoked" in run(args=["token", "list"]).output

    def test_mistakes_are_said_with_what_would_be_right(self, app: Flask) -> None:
        run = app.test_cli_runner().invoke
        create = ["token", "create", "--name", "engine", "--scope", "status:read"]
        assert "Use a format like 90d" in run(args=[*create, "--expires", "90"]).output
        assert "There is no organization" in run(args=[*create, "--organization", "missing"]).output
        assert "usage:write" in run(args=["token", "create", "--name", "x", "--scope", "all"]).output
        assert "who uses it" in run(args=["token", "create", "--name", " ", "--scope", "status:read"]).output
        assert "flask token list" in run(args=["token", "revoke", str(uuid7())]).output
        assert "flask token create" in run(args=["token", "list"]).output
