"""What confirms that it's still the person who signed in: what they have decides, and only the strongest of it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from itertools import combinations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.clock import utc_now
from app.extensions import db
from app.models import PasskeyChallenge, User
from tests.factories import PASSWORD, a_person
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.browsing import HTMX, Visitor, seen_on, text_of
from tests.support.confirming import confirm, minutes_pass, send_again
from tests.support.factors import a_code, a_passkey, an_app, codes_of
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

LIMIT = "/billing/wallet/daily-limit"
A_LIMIT = {"limit": "300", "seen": "10000.000000 -"}
CHALLENGE = "/confirm/passkey/challenge"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


@pytest.fixture
def user(owner: Owner) -> User:
    return db.session.scalars(db.select(User).filter_by(email=owner.email)).one()


def challenge(visitor: Visitor) -> str:
    """What the browser is asked to sign."""
    answer = visitor.post(CHALLENGE)
    assert answer.status_code == 200
    return answer.text


def use_passkey(visitor: Visitor, credential: str) -> TestResponse:
    return visitor.post("/confirm", {"method": "passkey", "credential": credential})


def is_confirmed(visitor: Visitor) -> bool:
    status = visitor.post(LIMIT, {"limit": "300"} | seen_on(visitor.get(LIMIT))).status_code
    assert status in {303, 403}
    return status == 303


Has = frozenset[str]
METHODS = ("passkey", "code", "password", "recovery_code")
CONFIRM: dict[Has, set[str]] = {
    frozenset(): set(),
    frozenset({"password"}): {"password"},
    frozenset({"app"}): {"code"},
    frozenset({"passkey"}): {"passkey"},
    frozenset({"password", "app"}): {"code"},
    frozenset({"password", "passkey"}): {"passkey"},
    frozenset({"app", "passkey"}): {"passkey", "code"},
    frozenset({"password", "app", "passkey"}): {"passkey", "code"},
}
"""What confirms for someone who has so much. Recovery codes make no difference: they sign in, and confirm nothing."""
SUBSETS = [
    frozenset(some) for size in range(4) for some in combinations(("password", "app", "passkey"), size)
]


class Person:
    """Someone who has these, and would send the right answer by each method."""

    def __init__(self, owner: Owner, user: User, has: Has) -> None:
        self.owner, self.user = owner, user
        secret = an_app(user) if "app" in has else ""
        device = a_passkey(user) if "passkey" in has else Authenticator()
        codes = codes_of(user) if "recovery codes" in has else ["none"]
        if "password" not in has:
            user.password_hash = None
            db.session.commit()
        self.answers: dict[str, Callable[[], str]] = {
            "passkey": lambda: device.get(challenge(owner)),
            "code": lambda: a_code(secret, steps=1) if secret else "000000",
            "password": lambda: PASSWORD,
            "recovery_code": lambda: codes[0],
        }

    def tries(self, method: str) -> int:
        name = "credential" if method == "passkey" else method
        return self.owner.post("/confirm", {"method": method, name: self.answers[method]()}).status_code


def test_the_table_has_every_combination() -> None:
    assert set(CONFIRM) == set(SUBSETS)


@pytest.mark.long
@pytest.mark.parametrize("codes", [(), ("recovery codes",)], ids=["", "codes"])
@pytest.mark.parametrize("has", SUBSETS, ids=lambda has: "+".join(sorted(has)) or "nothing")
def test_what_confirms_for_whom(owner: Owner, user: User, has: Has, codes: tuple[str, ...]) -> None:
    person = Person(owner, user, has | set(codes))
    for method in METHODS:
        minutes_pass()
        enough = method in CONFIRM[has]
        assert (method, person.tries(method)) == (method, 303 if enough else 422)
        assert is_confirmed(owner) is enough


@pytest.mark.parametrize("has", SUBSETS, ids=lambda has: "+".join(sorted(has)) or "nothing")
def test_what_is_offered_is_what_confirms_the_preferred_first(owner: Owner, user: User, has: Has) -> None:
    Person(owner, user, has)
    minutes_pass()
    page = owner.post(LIMIT, A_LIMIT)
    offered = re.findall(r'name="method" value="(\w+)"', page.text)
    assert offered == [method for method in METHODS if method in CONFIRM[has]]
    assert ("Sign in again" in text_of(page)) is (not offered or offered[0] == "passkey")


class TestPasskey:
    def test_what_was_typed_is_carried_through(self, owner: Owner, user: User) -> None:
        device = a_passkey(user)
        minutes_pass()
        asked = owner.post(LIMIT, A_LIMIT)
        assert "Use your passkey" in text_of(asked)
        wrong = confirm(owner, asked, credential="{}")
        assert wrong.status_code == 422
        assert "This passkey couldn't be used here." in text_of(wrong)
        shown = confirm(owner, wrong, credential=device.get(challenge(owner)))
        assert "New daily limit 300" in text_of(shown)
        assert send_again(owner, shown).status_code == 303
        assert "Limit $300.00" in owner.reads(LIMIT)

    def test_an_open_page_goes_on(self, owner: Owner, user: User) -> None:
        device = a_passkey(user)
        minutes_pass()
        sent = {"method": "passkey", "credential": device.get(challenge(owner))}
        assert owner.post("/confirm", sent, headers=HTMX).status_code == 204
        assert is_confirmed(owner)

    def test_it_has_to_be_unlocked(self, owner: Owner, user: User) -> None:
        device = a_passkey(user)
        minutes_pass()
        assert '"userVerification": "required"' in challenge(owner)
        device.flags = PRESENT
        assert use_passkey(owner, device.get(challenge(owner))).status_code == 422
        assert not is_confirmed(owner)

    def test_an_answer_counts_once_also_of_six_at_the_same_moment(self, owner: Owner, user: User) -> None:
        device = a_passkey(user, Authenticator(counts=False))
        answer = device.get(challenge(owner))
        with ThreadPoolExecutor(6) as hands:
            done = [one.status_code for one in hands.map(lambda _: use_passkey(owner, answer), range(6))]
        assert sorted(done) == [303] + [422] * 5
        minutes_pass()
        assert use_passkey(owner, answer).status_code == 422
        assert not is_confirmed(owner)

    def test_a_refused_answer_is_used_up_too(self, owner: Owner, user: User) -> None:
        device = a_passkey(user, Authenticator(counts=False))
        asked = challenge(owner)
        device.flags = PRESENT
        assert use_passkey(owner, device.get(asked)).status_code == 422
        device.flags = Authenticator().flags
        assert "already sent" in text_of(use_passkey(owner, device.get(asked)))

    @pytest.mark.long
    def test_a_challenge_is_for_the_session_that_asked_and_for_confirming(
        self, owner: Owner, user: User
    ) -> None:
        """What the owner answers in their own browser confirms nothing in a stolen session."""
        stolen = owner.elsewhere()
        device = a_passkey(user, Authenticator(counts=False))
        minutes_pass()
        assert use_passkey(stolen, device.get(challenge(owner))).status_code == 422
        signing_in = stolen.post("/sign-in/passkey/challenge").text
        assert use_passkey(stolen, device.get(signing_in)).status_code == 422
        assert not is_confirmed(stolen)
        confirming = challenge(stolen)
        begun = stolen.post("/sign-in/passkey", {"credential": device.get(confirming)})
        assert begun.status_code == 422, "and one for confirming signs no one in"
        assert use_passkey(stolen, device.get(challenge(stolen))).status_code == 303
        assert is_confirmed(stolen)
        assert not is_confirmed(owner)

    def test_another_persons_passkey_confirms_nothing(self, owner: Owner, user: User) -> None:
        a_passkey(user)
        theirs = a_passkey(a_person(organization=owner.organization))
        minutes_pass()
        assert use_passkey(owner, theirs.get(challenge(owner))).status_code == 422
        assert not is_confirmed(owner)

    def test_a_challenge_is_good_for_minutes(self, owner: Owner, user: User) -> None:
        device = a_passkey(user)
        late = challenge(owner)
        db.session.execute(db.update(PasskeyChallenge).values(expires_at=utc_now() - timedelta(seconds=1)))
        db.session.commit()
        assert use_passkey(owner, device.get(late)).status_code == 422

    @pytest.mark.long
    def test_a_removed_one_confirms_nothing(self, owner: Owner, user: User) -> None:
        device, other = a_passkey(user), a_passkey(user, name="Phone")
        asked = challenge(owner)
        row = re.search(
            r'href="(/account/second-factor/passkeys/[^"]+/removal)"',
            unescape(owner.get("/account/second-factor").text),
        )
        assert row
        assert owner.post(row[1]).status_code == 303
        assert use_passkey(owner, device.get(asked)).status_code == 422
        assert use_passkey(owner, other.get(challenge(owner))).status_code == 303

    def test_a_stranger_gets_no_challenge(self, visitor: Visitor) -> None:
        assert str(visitor.post(CHALLENGE).location).startswith("/sign-in")
