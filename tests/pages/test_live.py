"""The polls of open pages: nothing while nothing changed, what changed else, and never over someone's typing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import give_credit, usd
from tests.support.browsing import HTMX, text_of
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox, deliver_all
from tests.support.statements import statements

OVERVIEW, WALLET, CARDS = (f"/billing/live/{page}" for page in ("overview", "wallet", "payment-methods"))
CREATE = "POST /v1/payment_intents"
ASKS = "pm_card_threeDSecure2Required"
both = pytest.mark.parametrize("address", [OVERVIEW, WALLET])


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="100")


def poll(owner: Owner, address: str, known: str | None = None) -> TestResponse:
    """Ask as an open page does, with the version that it shows."""
    return owner.get(address, headers=HTMX | ({"HX-PTag": known} if known else {}))


def shown(owner: Owner, address: str) -> str:
    """The version that the page shows."""
    return str(poll(owner, address).headers["HX-PTag"])


def regions(answer: TestResponse) -> list[str]:
    """What an answer redraws, in order."""
    return re.findall(r'<hx-partial hx-target="#([a-z-]+)"', answer.text)


def spend(organization: Organization) -> None:
    seconds = Used("calls_outbound", 6000, organization.local_day(), campaign="Winter recall")
    usage_reports.record(organization, "report-1", [seconds], at=utc_now())
    db.session.commit()


def hold(organization: Organization) -> None:
    holds.reserve(organization.id, "call-1", usd("3"), at=utc_now(), lease=timedelta(minutes=5))
    db.session.commit()


def version_in(tag: str) -> int:
    return int(tag.partition(".")[0])


class TestNothingNew:
    @pytest.mark.parametrize("address", [OVERVIEW, WALLET, CARDS])
    def test_the_answer_is_304_and_takes_one_statement(self, owner: Owner, address: str) -> None:
        version = shown(owner, address)
        with statements() as seen:
            answer = poll(owner, address, version)
        assert answer.status_code == 304
        assert answer.data == b""
        assert len(seen) == 1, seen

    @pytest.mark.parametrize(
        ("page", "address"),
        [("/billing", OVERVIEW), ("/billing/wallet", WALLET), ("/billing/payment-methods", CARDS)],
    )
    def test_a_page_knows_its_version_from_the_start(self, owner: Owner, page: str, address: str) -> None:
        version = re.search(r'hx-ptag="(\d+\.en_US)"', owner.get(page).text)
        assert version
        assert poll(owner, address, version[1]).status_code == 304

    @pytest.mark.long
    @both
    def test_what_another_organization_does_does_not_show(
        self, app: Flask, owner: Owner, address: str
    ) -> None:
        version = shown(owner, address)
        other = Owner(app, credit="100")
        spend(other.organization)
        hold(other.organization)
        other.pay(other.review())
        assert poll(owner, address, version).status_code == 304

    @both
    def test_a_version_that_is_none_gets_the_whole_answer(self, owner: Owner, address: str) -> None:
        for known in ("", "-1", "99999999", "garbage"):
            answer = owner.get(address, headers=HTMX | {"HX-PTag": known})
            assert answer.status_code == 200
            assert re.fullmatch(r"\d+\.en_US", answer.headers["HX-PTag"])


class TestSomethingNew:
    """Whatever moves credit is on the open pages with their next poll."""

    @both
    @pytest.mark.parametrize(
        ("happens", "reads"),
        [
            (spend, "$97.75 available credit"),
            (hold, "$97.00 available credit"),
            (lambda organization: give_credit(organization, "5"), "$105.00 available credit"),
        ],
        ids=["usage", "hold", "credit"],
    )
    def test_a_change_is_drawn_with_its_version(
        self, owner: Owner, address: str, happens: Callable[[Organization], None], reads: str
    ) -> None:
        version = shown(owner, address)
        happens(owner.organization)
        answer = poll(owner, address, version)
        assert answer.status_code == 200
        assert version_in(answer.headers["HX-PTag"]) > version_in(version)
        assert reads in text_of(answer)
        assert poll(owner, address, answer.headers["HX-PTag"]).status_code == 304

    @both
    def test_a_top_up_of_another_tab(self, owner: Owner, address: str) -> None:
        version = shown(owner, address)
        owner.pay(owner.review())
        answer = poll(owner, address, version)
        assert "$150.00 available credit" in text_of(answer)

    @pytest.mark.long
    @both
    def test_a_webhook(self, app: Flask, owner: Owner, sandbox: Sandbox, address: str) -> None:
        owner.pay(owner.review())
        version = shown(owner, address)
        charge = sandbox.charges()[0]
        sandbox.stripe.v1.refunds.create({"charge": charge.id, "amount": 2000})
        assert poll(owner, address, version).status_code == 304
        deliver_all(app, sandbox)
        answer = poll(owner, address, version)
        assert "$130.00 available credit" in text_of(answer)

    def test_the_overview_redraws_all_but_invoices(self, owner: Owner) -> None:
        answer = poll(owner, OVERVIEW)
        assert regions(answer) == [
            "low-balance",
            "waiting",
            "first-steps",
            "balance",
            "plan",
            "whats-next",
            "usage",
            "activity",
        ]
        assert "<html" not in answer.text

    def test_a_poll_that_draws_takes_few_statements(self, owner: Owner) -> None:
        with statements() as seen:
            poll(owner, OVERVIEW)
        assert len(seen) <= 6, seen


class TestTheWalletsForm:
    """A poll leaves alone what someone is filling in, and redraws a step that came to another."""

    def test_without_a_top_up_in_view_the_form_is_never_redrawn(self, owner: Owner) -> None:
        version = shown(owner, WALLET)
        spend(owner.organization)
        answer = poll(owner, f"{WALLET}?newest=1", version)
        assert regions(answer) == [
            "low-balance",
            "balance",
            "auto-top-up",
            "set-aside",
            "limits-panel",
            "history-lines",
        ]

    def test_an_older_page_of_the_history_stays_as_it_is(self, owner: Owner) -> None:
        assert regions(poll(owner, WALLET)) == [
            "low-balance",
            "balance",
            "auto-top-up",
            "set-aside",
            "limits-panel",
        ]

    def test_a_top_up_at_the_same_step_is_left_alone(self, owner: Owner) -> None:
        top_up_id = owner.review().rsplit("/", 1)[1]
        spend(owner.organization)
        answer = poll(owner, f"{WALLET}?top_up={top_up_id}&state=review")
        assert "top-up" not in regions(answer)

    def test_so_is_one_that_waits_for_the_bank(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, ASKS)
        top_up = owner.review()
        owner.pay(top_up)
        answer = poll(owner, f"{WALLET}?top_up={top_up.rsplit('/', 1)[1]}&state=action")
        assert "top-up" not in regions(answer)

    @pytest.mark.long
    def test_a_payment_on_its_way_is_redrawn_once_it_has_arrived(
        self, app: Flask, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = owner.review()
        sandbox.fail(CREATE, "drop_after", times=3)
        owner.pay(top_up)
        sandbox.clear_faults()
        waiting = f"{WALLET}?top_up={top_up.rsplit('/', 1)[1]}&state=paying&newest=1"
        version = shown(owner, waiting)
        assert poll(owner, waiting, version).status_code == 304
        deliver_all(app, sandbox)
        answer = poll(owner, waiting, version)
        assert regions(answer) == [
            "low-balance",
            "balance",
            "auto-top-up",
            "set-aside",
            "limits-panel",
            "history-lines",
            "top-up",
            "status",
            "alert",
        ]
        assert "$50.00 was charged to Visa ending in 4242." in text_of(answer)
        assert "$50.00 was added to your wallet." in text_of(answer)

    def test_a_confirmation_given_in_another_tab_is_redrawn(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, ASKS)
        top_up = owner.review()
        owner.pay(top_up)
        sandbox.answer_bank("complete")
        owner.elsewhere().post(f"{top_up}/confirmation")
        answer = poll(owner, f"{WALLET}?top_up={top_up.rsplit('/', 1)[1]}&state=action")
        assert "top-up" in regions(answer)
        assert "Paid" in text_of(answer)

    @pytest.mark.parametrize("id_", ["", "garbage", "00000000-0000-0000-0000-000000000000"])
    def test_a_top_up_that_is_no_ones_shows_none(self, owner: Owner, id_: str) -> None:
        answer = poll(owner, f"{WALLET}?top_up={id_}&state=paying")
        assert regions(answer) == ["low-balance", "balance", "auto-top-up", "set-aside", "limits-panel"]

    def test_someone_elses_top_up_is_not_shown(self, app: Flask, owner: Owner) -> None:
        theirs = Owner(app).review("73.21").rsplit("/", 1)[1]
        answer = poll(owner, f"{WALLET}?top_up={theirs}&state=paying")
        assert "73.21" not in answer.text


@both
def test_a_poll_without_a_session_is_told_so_without_a_page(owner: Owner, address: str) -> None:
    owner.post("/sign-out")
    answer = poll(owner, address)
    assert (answer.status_code, answer.data) == (401, b"")


@both
def test_a_change_of_calling_is_told_to_who_does_not_see_the_page_and_told_once(
    owner: Owner, address: str
) -> None:
    hold_all = f"{address}?calling=active"
    assert "calling" not in regions(poll(owner, hold_all))
    holds.reserve(owner.organization.id, "all", usd("100"), at=utc_now(), lease=timedelta(minutes=5))
    db.session.commit()
    told = poll(owner, hold_all)
    assert "calling" in regions(told)
    assert "Calling is paused" in text_of(told)
    assert "calling" not in regions(poll(owner, f"{address}?calling=paused"))
