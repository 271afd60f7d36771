"""The story of a paid top-up: paid, clawed back, returned, and what is left after each of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing import topups
from app.billing.topups import clawbacks, timeline
from app.billing.topups.timeline import Stage, TopUpStory
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Dispute, Organization, TopUp, TransferKind
from tests.factories import OWNER, a_card, a_paid_top_up, a_person, an_organization, usd
from tests.support.sandbox import Sandbox

REFUND, DISPUTE = TransferKind.REFUND, TransferKind.DISPUTE


@pytest.fixture
def paid(app: Flask, sandbox: Sandbox) -> tuple[Organization, TopUp]:
    """A top-up of $50.00."""
    return a_paid_top_up()


@pytest.fixture
def top_up(paid: tuple[Organization, TopUp]) -> TopUp:
    return paid[1]


def claw_back(top_up: TopUp, kind: TransferKind, id_: str, target: str) -> None:
    wallet = ledger.lock(top_up.org_id)
    clawbacks.post_difference(wallet, top_up, kind, id_, usd(target), at=utc_now(), detail="Test")
    db.session.commit()


def dispute(
    top_up: TopUp, id_: str = "du_1", *, status: str = "needs_response", reason: str = "fraudulent"
) -> Dispute:
    row = Dispute(
        org_id=top_up.org_id,
        stripe_id=id_,
        top_up_id=top_up.id,
        status=status,
        reason=reason,
        amount_micro=usd("50").micro,
        currency="USD",
        opened_at=utc_now(),
        evidence_due_at=utc_now() + timedelta(days=7),
    )
    db.session.add(row)
    db.session.commit()
    return row


def moves(story: TopUpStory) -> list[tuple[TransferKind, str, str]]:
    return [(event.kind, str(event.amount.decimal), str(event.left.decimal)) for event in story.events]


def test_one_that_nothing_happened_to(paid: tuple[Organization, TopUp]) -> None:
    organization, top_up = paid
    story = timeline.build(top_up)
    assert (story.left, story.is_touched, story.mark, story.paid_by) == (usd("50"), False, "1", None)
    assert story.paid_at == top_up.settled_at
    payer = a_person("ada@test.example", organization=organization, name="Ada")
    top_up.created_by = payer.id
    db.session.commit()
    assert timeline.build(top_up).paid_by == "Ada"
    payer.name = ""
    assert timeline.build(top_up).paid_by == "ada@test.example"


def test_one_that_was_not_paid_yet_has_all_of_it_left(app: Flask) -> None:
    organization = an_organization(credit="5")
    story = timeline.build(topups.begin(organization, usd("50"), a_card(organization).id, OWNER))
    assert (story.left, story.events, story.mark) == (usd("50"), (), "0")


def test_what_is_left_is_said_after_each_movement(top_up: TopUp) -> None:
    claw_back(top_up, REFUND, "re_1", "20")
    claw_back(top_up, DISPUTE, "du_1", "30")
    claw_back(top_up, REFUND, "re_1", "0")
    story = timeline.build(top_up)
    assert moves(story) == [
        (TransferKind.TOP_UP, "50.00", "50.00"),
        (REFUND, "-20.00", "30.00"),
        (DISPUTE, "-30.00", "0.00"),
        (TransferKind.REFUND_REVERSAL, "20.00", "20.00"),
    ]
    assert (story.left, story.has_failed_refund, story.is_touched) == (usd("20"), True, True)


def test_another_top_up_of_the_same_wallet_has_its_own_story(
    paid: tuple[Organization, TopUp], sandbox: Sandbox
) -> None:
    organization, first = paid
    card_id = first.payment_method_id
    assert card_id is not None
    second = topups.begin(organization, usd("20"), card_id, OWNER)
    second = topups.pay(organization, second.id, card_id, OWNER)
    claw_back(first, REFUND, "re_1", "20")
    dispute(first)
    story = timeline.build(second)
    assert (story.left, story.is_touched, story.disputes) == (usd("20"), False, ())


class TestDisputes:
    @pytest.mark.parametrize(
        ("status", "stage", "is_open", "waits"),
        [
            ("warning_needs_response", Stage.ASKED, False, True),
            ("warning_closed", Stage.SETTLED, False, False),
            ("needs_response", Stage.OPEN, True, True),
            ("under_review", Stage.ANSWERED, True, False),
            ("won", Stage.WON, False, False),
            ("lost", Stage.LOST, False, False),
            ("of_next_year", Stage.ANSWERED, True, False),
        ],
    )
    def test_each_status_says_who_is_to_act(
        self, top_up: TopUp, status: str, stage: Stage, is_open: bool, waits: bool
    ) -> None:
        dispute(top_up, status=status)
        story = timeline.build(top_up)
        [shown] = story.disputes
        assert (shown.stage, story.has_open_dispute, shown.due is not None) == (stage, is_open, waits)
        assert (story.is_touched, story.mark) == (True, f"1-{stage.value}")

    def test_what_it_stands_for_is_what_it_has_taken_and_not_given_back(self, top_up: TopUp) -> None:
        dispute(top_up, "du_1")
        dispute(top_up, "du_2")
        for target in ("20", "30", "10"):
            claw_back(top_up, DISPUTE, "du_1", target)
        assert [shown.stands for shown in timeline.build(top_up).disputes] == [usd("10"), usd("0")]

    def test_a_reason_that_says_nothing_is_not_shown(self, top_up: TopUp) -> None:
        dispute(top_up, "du_1", reason="duplicate")
        dispute(top_up, "du_2", reason="general")
        assert [shown.reason for shown in timeline.build(top_up).disputes] == [
            "It was charged twice.",
            None,
        ]

    def test_every_turn_changes_the_mark(self, top_up: TopUp) -> None:
        marks = [timeline.build(top_up).mark]
        row = dispute(top_up)
        for status in ("needs_response", "under_review", "won"):
            row.status = status
            db.session.commit()
            marks.append(timeline.build(top_up).mark)
        claw_back(top_up, REFUND, "re_1", "20")
        marks.append(timeline.build(top_up).mark)
        assert len(set(marks)) == len(marks)
