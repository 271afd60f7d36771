"""Your account: for anyone who is signed in, whatever their role and organization."""

from __future__ import annotations

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import AuditEvent, Mail, Membership, Role, User
from app.people import accounts, password_links, passwords
from app.transaction import transaction
from app.web import carried
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.database import inside
from tests.support.url_map import address


@pytest.mark.parametrize("role", [*Role, None])
def test_everyone_who_is_signed_in_reaches_their_account(
    app: Flask, visitor: Visitor, role: Role | None
) -> None:
    person = a_person(
        "dana@harbor.example", organization=an_organization(), role=role or Role.MEMBER, name="Dana Whitfield"
    )
    if role is None:
        db.session.execute(db.delete(Membership))
        db.session.commit()
    visitor.sign_in(person.email)
    elsewhere = visitor.get("/billing")
    assert 'href="/account"' in elsewhere.text
    page = visitor.get("/account")
    assert page.status_code == 200
    assert "Your account" in text_of(page)
    assert "dana@harbor.example" in text_of(page)


def test_without_signing_in_one_is_asked_to_and_brought_back(app: Flask, visitor: Visitor) -> None:
    person = a_person(organization=an_organization())
    assert visitor.get("/account").location == "/sign-in?next=/account"
    assert visitor.sign_in(person.email, to="/account").location == "/account"


def test_every_page_of_an_account_asks_to_sign_in(app: Flask) -> None:
    seen = 0
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "person_required", False):
            for method in {"GET", "POST"} & (rule.methods or set()):
                path = address(app, rule, {"UUIDConverter": UUID(int=0)})
                stranger = Visitor(app.test_client())
                answer = stranger.get(path) if method == "GET" else stranger.post(path)
                assert (answer.location or "").startswith("/sign-in?next="), rule
                seen += 1
    assert seen >= 5


class TestDetails:
    """Their name, and the language that their pages are in."""

    @pytest.fixture
    def dana(self, visitor: Visitor) -> Visitor:
        visitor.sign_in(a_person("dana@harbor.example", organization=an_organization(), name="Dana").email)
        return visitor

    def test_are_changed_by_themselves_and_recorded(self, dana: Visitor) -> None:
        saved = dana.post("/account/details", {"name": "  Dana Whitfield-Ångström ", "language": "en_GB"})
        assert saved.location == "/account"
        page = dana.get("/account")
        assert "Your details are saved." in text_of(page)
        assert "Dana Whitfield-Ångström (your account)" in text_of(page)
        noted = db.session.scalars(db.select(AuditEvent).filter_by(action="user.details_changed")).one()
        assert noted.details == {"fields": ["name", "language"]}
        dana.post("/account/details", {"name": "Dana Whitfield-Ångström", "language": "en_GB"})
        assert db.session.query(AuditEvent).filter_by(action="user.details_changed").count() == 1

    def test_the_language_decides_over_the_browsers(self, dana: Visitor) -> None:
        american = {"Accept-Language": "en-US"}
        dana.post("/account/details", {"name": "Dana", "language": "en_GB"})
        assert re.search(
            r"\d{1,2} [A-Z][a-z]{2,3} 20\d\d, \d\d:\d\d UTC", text_of(dana.get("/account", headers=american))
        )
        dana.post("/account/details", {"name": "Dana", "language": ""})
        assert re.search(
            r"[A-Z][a-z]{2} \d{1,2}, 20\d\d, \d{1,2}:\d\d [ap]m UTC",
            text_of(dana.get("/account", headers=american)),
        )

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"name": "", "language": ""}, "Enter your name."),
            ({"name": " \u200b ", "language": ""}, "Enter your name."),
            ({"name": "x" * 101, "language": ""}, "Use at most 100 characters."),
            ({"name": "Da\x00na", "language": ""}, "can't be stored"),
            ({"name": "Dana", "language": "tlh"}, "Not a valid choice"),
        ],
    )
    def test_what_cannot_be_is_refused_and_kept_as_typed(
        self, dana: Visitor, sent: dict[str, str], said: str
    ) -> None:
        refused = dana.post("/account/details", sent)
        assert refused.status_code == 422
        assert said in text_of(refused)
        assert db.session.scalars(db.select(User)).one().name == "Dana"


class TestPassword:
    """Changed with the current one; every other session ends, and this one goes on with a new token."""

    NEW = "sixteen blue kilns"

    @pytest.fixture
    def dana(self, visitor: Visitor) -> Visitor:
        visitor.sign_in(a_person("dana@harbor.example", organization=an_organization("Harbor Dental")).email)
        return visitor

    def change(self, who: Visitor, current: str = PASSWORD, new: str = NEW) -> TestResponse:
        return who.post("/account/password", {"current_password": current, "password": new})

    @pytest.mark.long
    def test_other_sessions_end_and_this_one_continues_with_a_new_token(
        self, app: Flask, dana: Visitor
    ) -> None:
        phone, before = Visitor(app.test_client()), dana.client.get_cookie("billing_session")
        phone.sign_in("dana@harbor.example")
        assert self.change(dana).location == "/account"
        assert "Your password is changed." in text_of(dana.get("/account"))
        assert phone.get("/account").status_code == 302
        thief = app.test_client()
        assert before
        thief.set_cookie("billing_session", before.value)
        assert thief.get("/account").status_code == 302, "what was stolen of this session is worthless, too"
        assert phone.sign_in("dana@harbor.example").status_code == 422
        assert phone.sign_in("dana@harbor.example", self.NEW).status_code == 302

    def test_the_person_is_told_and_the_links_that_were_on_their_way_end(
        self, app: Flask, dana: Visitor
    ) -> None:
        user = db.session.scalars(db.select(User)).one()
        password_links.mail_to(user, OWNER)
        db.session.commit()
        link = db.session.scalars(db.select(Mail.facts).filter_by(kind="password_link")).one()["path"]
        self.change(dana)
        told = db.session.scalars(db.select(Mail).filter_by(kind="password_set")).one()
        assert (told.recipient, told.facts["address"]) == ("dana@harbor.example", "127.0.0.1")
        noted = db.session.scalars(db.select(AuditEvent).filter_by(action="user.password_set")).one()
        assert (noted.actor, noted.address) == ("dana@harbor.example", "127.0.0.1")
        assert Visitor(app.test_client()).get(link).status_code == 404

    def test_one_of_accents_opens_however_they_are_typed(self, app: Flask, dana: Visitor) -> None:
        chosen = "\u00e9\u00e8\u00fc" * 55 + " sixteen kilns in \u00e5ngstr\u00f6m"
        assert self.change(dana, new=chosen).status_code == 302
        typed = unicodedata.normalize("NFD", chosen)
        assert len(typed) > 300
        assert Visitor(app.test_client()).sign_in("dana@harbor.example", typed).status_code == 302

    def test_the_organization_in_view_stays(self, dana: Visitor) -> None:
        pine = an_organization("Pine Realty")
        a_person("dana@harbor.example", organization=pine)
        dana.post("/organization", {"organization": str(pine.id)})
        self.change(dana)
        assert "Pine Realty" in text_of(dana.get("/billing"))

    @pytest.mark.parametrize(
        ("current", "new", "said"),
        [
            ("wrong", NEW, "Your current password is different."),
            (f" {PASSWORD}", NEW, "Your current password is different."),
            ("", NEW, "Enter your current password."),
            (PASSWORD, "", "Choose a new password."),
            (PASSWORD, "short", "at least 8 characters"),
            (PASSWORD, "x" * 201, "at most 200 characters"),
            (PASSWORD, "password1234", "common"),
            (PASSWORD, "HarborDental2026", "made of your name"),
            (PASSWORD, "dana@harbor", "made of your name"),
            (PASSWORD, PASSWORD, "This is your current password."),
            (PASSWORD, "sixteen\x00kilns", "can't be stored"),
        ],
    )
    def test_what_is_refused_changes_nothing_and_comes_back_in_no_field(
        self, dana: Visitor, current: str, new: str, said: str
    ) -> None:
        refused = self.change(dana, current, new)
        assert refused.status_code == 422
        assert said in text_of(refused)
        for typed in filter(None, (current, new)):
            assert f'value="{typed}"' not in refused.text
        assert dana.get("/account").status_code == 200
        db.session.rollback()
        assert passwords.verify(PASSWORD, db.session.scalars(db.select(User)).one().password_hash)

    def test_a_stolen_session_does_not_serve_to_guess_the_password(self, app: Flask, dana: Visitor) -> None:
        said = [self.change(dana, f"guess {number}").status_code for number in range(10)]
        assert said == [422] * 8 + [429] * 2
        assert self.change(dana).status_code == 429, "nor does the right one, until it has waited"
        assert Visitor(app.test_client()).sign_in("dana@harbor.example").status_code == 302, (
            "the owner gets in"
        )

    def test_of_two_changes_at_the_same_moment_one_is_made(self, app: Flask, dana: Visitor) -> None:
        together = Barrier(4)

        def try_(number: int) -> bool:
            with inside(app):
                user = db.session.scalars(db.select(User)).one()
                together.wait()
                try:
                    with transaction():
                        accounts.change_password(user, PASSWORD, f"number {number} blue kilns", OWNER)
                except accounts.WrongPasswordError:
                    return False
                finally:
                    db.session.remove()
                return True

        db.session.commit()
        with ThreadPoolExecutor(4) as browsers:
            assert sorted(browsers.map(try_, range(4))) == [False] * 3 + [True]

    def test_pasting_and_managers_find_what_they_look_for(self, dana: Visitor) -> None:
        page = dana.get("/account").text
        for field, purpose in (("current_password", "current-password"), ("password", "new-password")):
            (element,) = re.findall(rf'<input[^>]*name="{field}"[^>]*>', page)
            assert f'autocomplete="{purpose}"' in element
            assert "maxlength" not in element
            assert "onpaste" not in element
        assert 'name="username" value="dana@harbor.example" autocomplete="username"' in page


def test_no_password_is_ever_carried_through_a_page(application: Flask) -> None:
    """A refused form is shown again with what was typed, by `app.web.carried`, but for passwords."""
    names = {
        name
        for module in Path(application.root_path).rglob("*forms.py")
        for name in re.findall(r"^    (\w+) = PasswordField\(", module.read_text(), re.MULTILINE)
    }
    assert {"password", "current_password"} <= names
    assert names <= carried.NEVER_KEPT
