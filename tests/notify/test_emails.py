"""What mails say: read as their readers do, in both parts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import get_args
from uuid import UUID

import pytest

from app.notify.composition import Readers, compose
from app.notify.emails import (
    AutoTopUpCap,
    AutoTopUpChanged,
    AutoTopUpFailed,
    AutoTopUpOff,
    AutoTopUpRefused,
    AutoTopUpResumed,
    AutoTopUpStopped,
    Calling,
    CardExpiring,
    Charged,
    CreditExpiring,
    CreditGranted,
    DailyLimitChanged,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    Email,
    FactorChange,
    FactorChanged,
    IdentityConnected,
    IdentityDisconnected,
    InvoiceFailed,
    LimitMoreAsked,
    LimitMoreDecided,
    LimitReached,
    NewSignIn,
    OwnersChanged,
    PasswordLink,
    PasswordSet,
    PaymentFailed,
    PlanChanged,
    RecipientsChanged,
    Refunded,
    RefundReturned,
    SecurityWeakened,
    UnusualTopUp,
    Weakening,
    pack,
    unpack,
)
from app.notify.emails.alerts import (
    AlertChannelChange,
    AlertChannelChanged,
    AlertChannelSwitchedOff,
    AlertTest,
    CreditAlert,
    CreditEnds,
    CreditRecovered,
    CreditState,
    DigestDate,
    DigestRow,
    WeeklyDigest,
)
from tests.factories import at, usd

READERS = Readers(
    "Harbor Dental", "harbor-dental", "America/New_York", "https://billing.example", "help@portal.example"
)
ID = UUID("01900000-0000-7000-8000-000000000001")
GOES_ON = Calling(available=usd("1234.5"), before="active", after="active")
TOP_UP = f"https://billing.example/billing/wallet/top-ups/{ID}"
ABOUT = {
    "top_up_id": ID,
    "amount": usd("50"),
    "card": "Visa ending in 4242",
    "at": at("2026-11-24 14:05"),
    "calling": GOES_ON,
}
CARD = CardExpiring(card="Visa ending in 4242", last_day=date(2026, 11, 30), days_left=7, is_default=True)
PLAN = PlanChanged(
    plan="Scale",
    before="Growth",
    price=usd("399"),
    interval="month",
    reason="switched",
    at=at("2026-11-24 14:05"),
)
ALERT = CreditAlert(
    level="low",
    under=usd("100"),
    available=usd("48.2"),
    at=at("2026-11-24 14:05"),
    dry_at=at("2026-11-24 19:40"),
)
DIGEST = WeeklyDigest(
    first_day=date(2026, 11, 16),
    last_day=date(2026, 11, 22),
    spent=usd("212.40"),
    before=usd("180"),
    topped_up=usd("250"),
    top_ups=1,
    available=usd("412.36"),
    at=at("2026-11-23 13:07"),
    campaigns=[DigestRow(name="Recall patients", amount=usd("96.10"))],
    dry_at=at("2026-12-03 19:00"),
    coming=[DigestDate(day=date(2026, 12, 3), name="Growth renews", amount=usd("49"))],
)
AUTO_ON = AutoTopUpChanged(
    is_new=True,
    threshold=usd("20"),
    target=usd("100"),
    cap=usd("400"),
    cards=["Visa ending in 4242"],
    by="dana@harbor.example",
    address="192.0.2.7",
    at=at("2026-11-24 14:05"),
)
AUTO_FAILED = AutoTopUpFailed(
    declines={"Visa ending in 4242": "The card has insufficient funds."},
    failures=1,
    available=usd("14.99"),
    at=at("2026-11-24 14:05"),
    top_up_id=ID,
    amount=usd("85.01"),
    next_try_at=at("2026-11-24 15:05"),
)
BRAKE = AutoTopUpStopped(
    last_hour=usd("90.01"),
    usual=usd("20"),
    campaigns={"Spring recall <b>": usd("80"), "x" * 200: usd("5")},
    agents={"Ava": usd("85")},
    available=usd("3.20"),
    at=at("2026-11-24 14:05"),
)
ABOUT_MONEY: list[Email] = [
    ALERT,
    replace(ALERT, level="amount", dry_at=None),
    replace(ALERT, level="forecast", under=None, hours=4),
    replace(ALERT, level="forecast", under=None, hours=72, dry_at=None),
    replace(ALERT, level="paused", under=None, available=usd("-3"), missing=usd("10"), dry_at=None),
    replace(ALERT, level="paused", under=None, available=usd("0"), missing=usd("10"), is_reserved=True),
    CreditRecovered(level="low", under=usd("100"), available=usd("300"), at=at("2026-11-24 14:05")),
    CreditRecovered(level="paused", available=usd("300"), at=at("2026-11-24 14:05")),
    CreditRecovered(level="forecast", hours=4, available=usd("300"), at=at("2026-11-24 14:05")),
    DIGEST,
    replace(DIGEST, spent=usd("0"), top_ups=0, topped_up=usd("0"), campaigns=[], coming=[], dry_at=None),
    replace(DIGEST, before=usd("0")),
    replace(DIGEST, before=usd("212.40"), top_ups=3),
    Charged(**ABOUT),
    PaymentFailed(**ABOUT, reason="The card has expired.", next_step="Use another card."),
    Refunded(**ABOUT, paid=usd("100")),
    RefundReturned(**ABOUT),
    DisputeOpened(**ABOUT, paid=usd("50"), answer_by=at("2026-12-08 23:59")),
    DisputeOpened(**ABOUT, paid=usd("50")),
    DisputeWon(**ABOUT),
    DisputeLost(**ABOUT),
    InvoiceFailed(
        number="HD-0007",
        what="Growth plan, November 2026",
        amount=usd("99"),
        at=at("2026-11-24 14:05"),
        next_try=at("2026-11-27 14:05"),
    ),
    InvoiceFailed(number="HD-0007", what="your plan", amount=usd("99"), at=at("2026-11-24 14:05")),
    InvoiceFailed(
        number="HD-0007",
        what="your plan",
        amount=usd("117.81"),
        at=at("2026-11-24 14:05"),
        taxes={"VAT 19%": usd("18.81")},
    ),
    CARD,
    DailyLimitChanged(
        before=usd("500"),
        after=usd("900"),
        starts_at=at("2026-11-25 14:05"),
        by="dana@harbor.example",
        address="192.0.2.7",
        at=at("2026-11-24 14:05"),
    ),
    DailyLimitChanged(before=usd("2000"), after=usd("500"), by="x", at=at("2026-11-24 14:05")),
    *(
        LimitReached(
            what="Campaign Spring recall",
            per="a day",
            amount=usd("30"),
            spent=usd("24.10"),
            percent=percent,
            stops=stops,
            starts_again_at=at("2026-11-25 05:00"),
            at=at("2026-11-24 14:05"),
        )
        for percent in (80, 100)
        for stops in (True, False)
    ),
    *(
        LimitMoreAsked(
            request_id=ID,
            what="Campaign Spring recall",
            per="a day",
            amount=usd("30"),
            wanted=usd("50"),
            by="ben@harbor.example",
            note=note,
            until=until,
            at=at("2026-11-24 14:05"),
        )
        for note, until in (("", None), ("Friday's recall <b>", at("2026-11-27 05:00")))
    ),
    *(
        LimitMoreDecided(
            limit_id=ID,
            what="Campaign Spring recall",
            per="a day",
            wanted=usd("50"),
            is_approved=until is not None,
            by="dana@harbor.example",
            until=until,
            at=at("2026-11-24 14:05"),
        )
        for until in (None, at("2026-11-25 05:00"))
    ),
    CreditGranted(
        amount=usd("25"),
        credit="Promotional credit",
        note="Launch <offer>",
        available=usd("75"),
        last_day=date(2027, 1, 31),
        at=at("2026-11-24 14:05"),
    ),
    CreditGranted(
        amount=usd("5"), credit="Goodwill credit", note="Sorry", available=usd("5"), at=at("2026-11-24 14:05")
    ),
    CreditExpiring(
        amount=usd("18.40"),
        credit="Promotional credit",
        note="Launch offer",
        last_day=date(2027, 1, 31),
        days_left=7,
    ),
    UnusualTopUp(
        reason="large",
        amount=usd("900"),
        card="Visa ending in 4242",
        by="dana@harbor.example",
        address="192.0.2.7",
        at=at("2026-11-24 14:05"),
        largest=usd("100"),
    ),
    UnusualTopUp(
        reason="large", amount=usd("900"), card="Visa ending in 4242", by="x", at=at("2026-11-24 14:05")
    ),
    UnusualTopUp(
        reason="new_card", amount=usd("900"), card="Visa ending in 4242", by="x", at=at("2026-11-24 14:05")
    ),
    UnusualTopUp(
        reason="burst",
        amount=usd("50"),
        card="Visa ending in 4242",
        by="x",
        at=at("2026-11-24 14:05"),
        count=7,
    ),
    UnusualTopUp(reason="limit", amount=usd("500"), by="x", at=at("2026-11-24 14:05")),
    Charged(**ABOUT, is_automatic=True),
    AUTO_ON,
    replace(AUTO_ON, is_new=False, cards=["Visa ending in 4242", "Mastercard ending in 4444"]),
    *(
        AutoTopUpOff(
            reason=reason,
            available=usd("3.20"),
            at=at("2026-11-24 14:05"),
            by="dana@harbor.example" if reason == "owner" else None,
        )
        for reason in ("owner", "failures", "dispute")
    ),
    AUTO_FAILED,
    replace(AUTO_FAILED, waits_for_owner=True),
    replace(AUTO_FAILED, next_try_at=None, failures=3),
    replace(AUTO_FAILED, paid_with="Mastercard ending in 4444", next_try_at=None),
    replace(AUTO_FAILED, declines={}, top_up_id=None, amount=None),
    *(
        AutoTopUpCap(
            level=level,
            charged=usd("400"),
            cap=usd("400"),
            month=date(2026, 11, 1),
            available=usd("3.20"),
            at=at("2026-11-24 14:05"),
        )
        for level in (80, 90, 100)
    ),
    *(
        AutoTopUpRefused(
            reason=reason,
            cap=usd("400"),
            available=usd("3.20"),
            at=at("2026-11-24 14:05"),
            until=at("2026-12-01 05:00") if reason == "monthly_cap" else None,
        )
        for reason in ("monthly_cap", "daily_limit", "brake_hour", "brake_day", "other")
    ),
    BRAKE,
    replace(BRAKE, usual=None, campaigns={}, agents={}),
    *(
        AutoTopUpResumed(
            up_to=usd("181"),
            until=until,
            by="dana@harbor.example",
            at=at("2026-11-24 14:05"),
            address="192.0.2.7",
        )
        for until in (at("2026-11-25 14:05"), None)
    ),
    PLAN,
    replace(PLAN, reason="restored"),
    replace(PLAN, is_adjusted=True),
]
ABOUT_ACCOUNTS: list[Email] = [
    *(
        CreditEnds(state=state, path="/stop-alerts/t0k3n", at=at("2026-11-24 14:05"))
        for state in get_args(CreditState)
    ),
    AlertTest(channel="Ops (Slack)", by="Dana Reed", at=at("2026-11-24 14:05")),
    AlertChannelSwitchedOff(channel="Ops (Slack)", why="gone", answer="410", at=at("2026-11-24 14:05")),
    AlertChannelSwitchedOff(
        channel="+1•••0123 (text messages)",
        why="failing",
        answer="No response within 15 seconds.",
        since=at("2026-11-23 14:00"),
        at=at("2026-11-24 14:05"),
    ),
    *(
        AlertChannelChanged(
            change=change,
            channel="Ops (Slack)",
            by="dana@harbor.example",
            address="192.0.2.7",
            at=at("2026-11-24 14:05"),
        )
        for change in get_args(AlertChannelChange)
    ),
    PasswordLink(
        email="dana@harbor.example", path="/set-password/s3cr3t", hours=2, at=at("2026-11-24 14:05")
    ),
    PasswordSet(email="dana@harbor.example", first=True, at=at("2026-11-24 14:05"), address="192.0.2.7"),
    PasswordSet(email="dana@harbor.example", first=False, at=at("2026-11-24 14:05")),
    NewSignIn(
        email="dana@harbor.example",
        device="Chrome on Windows",
        place="Germany (192.0.2.7)",
        at=at("2026-11-24 14:05"),
    ),
    IdentityConnected(
        email="dana@harbor.example", provider="Acme", at=at("2026-11-24 14:05"), address="198.51.100.7"
    ),
    IdentityDisconnected(
        email="dana@harbor.example", provider="Acme", at=at("2026-11-24 14:05"), address="198.51.100.7"
    ),
    NewSignIn(email="dana@harbor.example", device="An unknown browser", at=at("2026-11-24 14:05")),
    RecipientsChanged(
        before=["books@harbor.example"],
        after=["ap@harbor.example", "cfo@harbor.example"],
        by="dana@harbor.example",
        address="192.0.2.7",
        at=at("2026-11-24 14:05"),
    ),
    RecipientsChanged(before=["books@harbor.example"], after=[], by="x", at=at("2026-11-24 14:05")),
    *(
        FactorChanged(
            email="dana@harbor.example", change=change, at=at("2026-11-24 14:05"), address="192.0.2.7"
        )
        for change in get_args(FactorChange)
    ),
    FactorChanged(
        email="dana@harbor.example", change="passkey_added", name="Laptop", at=at("2026-11-24 14:05")
    ),
    *(
        SecurityWeakened(
            change=change, by="dana@harbor.example", address="192.0.2.7", at=at("2026-11-24 14:05")
        )
        for change in get_args(Weakening)
    ),
    *(
        OwnersChanged(person="ava@new.example", is_owner=is_owner, by="engine", at=at("2026-11-24 14:05"))
        for is_owner in (True, False)
    ),
    FactorChanged(email="dana@harbor.example", change="code_used", left=0, at=at("2026-11-24 14:05")),
]
EMAILS = ABOUT_MONEY + ABOUT_ACCOUNTS
NAMES = [email.kind for email in EMAILS]


def words(email: Email) -> str:
    """The plain text in one line."""
    return " ".join(compose(email, READERS).text.split())


def paragraphs_of_html(email: Email) -> list[str]:
    """What the HTML says, heading, paragraphs and rows; without the name above them."""
    body = compose(email, READERS).html.partition("<main>")[2]
    found = re.findall(r"<(h1|p|dt|dd)\b[^>]*>(.*?)</\1>", body, flags=re.DOTALL)
    plain = [re.sub(r"<[^>]+>", " ", inner) for _, inner in found]
    return [" ".join(unescape(one).split()).replace(" .", ".") for one in plain]


@pytest.mark.parametrize("email", EMAILS, ids=NAMES)
class TestEveryMail:
    def test_its_facts_survive_the_outbox(self, email: Email) -> None:
        assert unpack(email.kind, pack(email)) == email

    def test_both_parts_say_the_same(self, email: Email) -> None:
        said = paragraphs_of_html(email)
        assert len(said) > (6 if email in ABOUT_MONEY else 3)
        assert [paragraph for paragraph in said if paragraph not in words(email)] == []

    def test_every_link_of_the_html_is_written_out_in_the_text(self, email: Email) -> None:
        written = compose(email, READERS)
        links = re.findall(r'href="(https:[^"]+)"', written.html)
        assert links
        assert [link for link in links if link not in written.text.split()] == []

    def test_every_link_to_the_pages_of_an_organization_names_it(self, email: Email) -> None:
        links = re.findall(r'href="https://billing.example([^"]+)"', compose(email, READERS).html)
        pages = [link for link in links if link.startswith(("/billing", "/workplace"))]
        assert pages or email in ABOUT_ACCOUNTS
        assert [link for link in pages if "?org=harbor-dental" not in link] == []

    def test_its_html_is_a_page_of_its_own_without_anything_from_elsewhere(self, email: Email) -> None:
        html = compose(email, READERS).html
        assert html.startswith('<!doctype html>\n<html lang="en">')
        assert "<title>" in html
        assert len(re.findall("<h1", html)) == 1
        assert not re.search(r"<img|<script|<table|<link|url\(|@import", html)

    def test_its_text_breaks_no_lines_that_a_window_would_break_otherwise(self, email: Email) -> None:
        lines = compose(email, READERS).text.splitlines()
        assert [line for line in lines if line != line.strip() and line != "-- "] == []
        assert [line for line in lines if line[:1].islower() and not line.startswith("https://")] == []

    def test_a_name_made_of_markup_is_a_name(self, email: Email) -> None:
        written = compose(email, replace(READERS, organization="<b>A & B</b>\nBcc: x"))
        assert "\n" not in written.subject
        assert "<b>A & B</b> Bcc: x" in written.subject or email in ABOUT_ACCOUNTS
        assert "&lt;b&gt;A &amp; B&lt;/b&gt; Bcc: x" in written.html
        assert "<b>" not in written.html


@pytest.mark.parametrize("email", ABOUT_MONEY, ids=lambda email: email.kind)
def test_a_subject_names_the_organization_and_the_card_or_the_money(email: Email) -> None:
    subject = compose(email, READERS).subject
    assert "Harbor Dental" in subject
    assert re.search(r"\$\d+\.\d\d|Visa ending in 4242", subject)
    assert len(subject) < 110


def test_money_and_times_are_written_one_way_and_in_the_organizations_zone() -> None:
    said = words(Charged(**ABOUT))
    assert "$1,234.50" in said
    assert "November 24, 2026, 9:05 am EST" in said


def test_a_charge_leads_to_its_receipt_here_and_never_to_one_that_expires() -> None:
    assert f"{TOP_UP}/receipt?org=harbor-dental" in words(Charged(**ABOUT))
    assert "stripe" not in compose(Charged(**ABOUT), READERS).html


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("active", "active", "Calling is active."),
        ("paused", "active", "Calling has resumed"),
        ("paused", "low", "Calling has resumed"),
        ("low", "low", "below your low-balance alert"),
        ("active", "paused", "Calling is now paused"),
        ("paused", "paused", "Calling is still paused"),
    ],
)
def test_what_it_means_for_calling_is_said(before: str, after: str, says: str) -> None:
    missing = usd("25") if after == "paused" else None
    calling = Calling(available=usd("-3"), before=before, after=after, missing=missing)
    said = words(Refunded(**(ABOUT | {"calling": calling}), paid=usd("100")))
    assert says in said
    assert ("Top up $25.00 or more to resume calling." in said) == (after == "paused")
    assert "\u2212$3.00" in said


def test_a_dispute_says_until_when_the_bank_takes_an_answer() -> None:
    said = words(DisputeOpened(**ABOUT, paid=usd("50"), answer_by=at("2026-12-08 23:59")))
    assert "reply to this email before December 8, 2026, 6:59 pm EST" in said
    assert "before" not in words(DisputeOpened(**ABOUT, paid=usd("50")))


@pytest.mark.parametrize(
    ("email", "says"),
    [
        (replace(CARD, plan="Growth"), "Your Growth plan is charged to this card"),
        (CARD, "It's your default card"),
        (replace(CARD, is_default=False), "It isn't your default card"),
        (replace(CARD, days_left=1), "tomorrow"),
        (replace(CARD, days_left=0), "today"),
    ],
)
def test_a_card_about_to_expire_says_what_depends_on_it(email: CardExpiring, says: str) -> None:
    assert says in words(email)
    assert "https://billing.example/billing/payment-methods" in words(email)


def test_one_about_a_new_sign_in_says_what_where_and_what_to_do() -> None:
    (email, *_) = [one for one in ABOUT_ACCOUNTS if isinstance(one, NewSignIn)]
    text = compose(email, READERS).text
    for words in (
        "Browser: Chrome on Windows",
        "Network address: Germany (192.0.2.7)",
        "If it wasn't you, choose a new password now",
        "https://billing.example/forgot-password",
        "https://billing.example/account",
    ):
        assert words in text
