"""What a catalog may say: the last value that is allowed, the first that isn't, and what the text means."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from app.billing.catalog import Catalog, CatalogError, file
from app.models import UsageGroup
from config import ROOT
from tests.factories import usd

TEXT = (ROOT / "catalog.toml").read_text()


def parsed(*changes: tuple[str, str]) -> Catalog:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return file.parse(text, name="catalog.toml")


@pytest.mark.parametrize(
    ("old", "allowed", "refused", "problem"),
    [
        ("late_days = 35", "late_days = 1", "late_days = 0", "1 to 366"),
        ("[usage]", "paid_credit_months = 120\n[usage]", "paid_credit_months = 0\n[usage]", "1 to 120"),
        ("late_days = 35", "late_days = 366", "late_days = 367", "1 to 366"),
        ("grace_days = 7", "grace_days = 0", "grace_days = -1", "0 to 60"),
        ("grace_days = 7", "grace_days = 60", "grace_days = 61", "0 to 60"),
        ("days_kept = 30", "days_kept = 0", "days_kept = -1", "0 to 366"),
        ("days_kept = 30", "days_kept = 366", "days_kept = 367", "0 to 366"),
        ('maximum = "5000"', 'maximum = "999999.99"', 'maximum = "1000000"', "eight digits"),
        ('minimum = "10"', 'minimum = "25"', 'minimum = "25.01"', "between"),
        ('maximum = "5000"', 'maximum = "250"', 'maximum = "249.99"', "between"),
        ('"25", "50", "100", "250"', '"25", "50"', '"25"', "two amounts"),
        ("most = 10000\n", "most = 1000000000000\n", "most = 1000000000001\n", "from 1 to"),
        ("sms = 500 ", "sms = 0 ", "sms = -1 ", "between 0 and"),
        ("sms = 500 ", "sms = 1000000000000 ", "sms = 1000000000001 ", "between 0 and"),
        ("minimum = 30, step = 6", "minimum = 0, step = 1", "minimum = -1, step = 1", "not below 0"),
        ("minimum = 30, step = 6", "minimum = 0, step = 1", "minimum = 0, step = 0", "not below 1"),
        ("minimum = 30, step = 6", "step = 86400", "step = 86401", "86,400"),
        ('sms = "0.012"', 'sms = "0.000000000001"', 'sms = "0.0000000000001"', "not a rate"),
        ('sms = "0.012"', 'sms = "0"', 'sms = "-0.01"', "not a rate"),
        ('daily = "10000"', 'daily = "10"', 'daily = "9.99"', "write `minimum` or more"),
        ('version = "2026-12.4"', f'version = "{"v" * 60}"', f'version = "{"v" * 61}"', "letters"),
        ('version = "2026-12.4"', 'version = "2026_12"', 'version = "2026 12"', "letters"),
        ('currency = "USD"', 'currency = "EUR"', 'currency = "usd"', "three letters"),
    ],
)
def test_the_last_that_is_allowed_and_the_first_that_is_not(
    old: str, allowed: str, refused: str, problem: str
) -> None:
    parsed((old, allowed))
    with pytest.raises(CatalogError, match=problem):
        parsed((old, refused))


TIERS = '{ up_to = 6000000, rate = "0.022" }, { rate = "0.019" }'


@pytest.mark.parametrize(
    "tiers",
    [
        '{ up_to = 60, rate = "1" }, { up_to = 60, rate = "1" }, { rate = "1" }',
        '{ up_to = 120, rate = "1" }, { up_to = 60, rate = "1" }, { rate = "1" }',
        '{ rate = "1" }, { rate = "1" }',
        '{ up_to = 60, rate = "1" }, { up_to = 120, rate = "1" }',
    ],
)
def test_tiers_rise_and_only_the_last_is_open(tiers: str) -> None:
    with pytest.raises(CatalogError, match="larger `up_to`"):
        parsed((TIERS, tiers))


def test_a_rate_has_one_price_or_tiers_and_not_both() -> None:
    both = '{ rate = "0.16", tiers = [{ rate = "0.16" }] }'
    with pytest.raises(CatalogError, match="either `rate` or `tiers`"):
        parsed(('{ rate = "0.16", minimum = 30, step = 6 }', both))


METERS = 'meters = ["calls_outbound", "calls_inbound"]'


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ([(METERS, "meters = []")], "name the meters"),
        ([(METERS, 'meters = ["fax"]')], "no meter 'fax'"),
        ([(METERS, METERS + '\n[allowances.more]\nlabel = "More"\nmeters = ["calls_inbound"]')], "already"),
        ([("[allowances.call_minutes]", "[allowances.sms]")], "Name the allowance differently"),
        ([('sms = "0.0098"', 'sms = "0.0098"\nfax = "1"')], "no meter 'fax'"),
        ([('summary = "For teams', 'includes = "scale"\nsummary = "For teams')], "can't include itself"),
    ],
)
def test_names_lead_to_what_is_there_and_to_one_thing(changes: list[tuple[str, str]], problem: str) -> None:
    with pytest.raises(CatalogError, match=problem):
        parsed(*changes)


def test_meters_of_different_groups_share_no_allowance() -> None:
    """Speech is counted in seconds, too, and is no calling."""
    with pytest.raises(CatalogError, match="same unit and group"):
        parsed((METERS, 'meters = ["calls_outbound", "speech_to_text"]'))


def test_a_catalog_without_plans_sells_nothing() -> None:
    with pytest.raises(CatalogError, match="there is no plan"):
        file.parse(TEXT[: TEXT.index("[plans.starter]")] + "[plans]\n", name="catalog.toml")


def test_a_price_is_kept_exact_for_a_single_unit() -> None:
    """$0.16 a minute is 2,666 2/3 micro-units a second."""
    rate = parsed().plan("growth").rates["calls_outbound_international"]
    assert rate.first == Fraction(8_000, 3)
    assert (rate.minimum, rate.step, rate.most) == (30, 6, 86_400)


def test_a_plan_says_which_meters_draw_on_what() -> None:
    plan = parsed().plan("growth")
    assert plan.pools == {"calls_outbound": "call_minutes", "calls_inbound": "call_minutes"}
    assert (plan.price, plan.yearly) == (usd("99"), usd("990"))
    assert parsed().meter("sms").group is UsageGroup.TELEPHONY


def test_what_a_file_does_not_say_is_as_usual() -> None:
    short = parsed(("[renewals]\ngrace_days = 7", "# "), ('[tax]\nmode = "off"', "# "))
    assert (short.grace_days, short.tax) == (7, None)
    assert (short.plan("growth").statement, short.top_up.statement) != ("", "")


def test_what_bank_statements_say_is_in_capitals() -> None:
    named = parsed(('name = "Growth"', 'name = "Growth"\nstatement = "Growth p"'))
    assert named.plan("growth").statement == "GROWTH P"


def test_a_version_from_before_the_daily_limit_has_twice_the_largest_top_up() -> None:
    text = re.sub(r"(?m)^daily = .*\n", "", TEXT)
    assert file.parse(text, name="old").top_up.daily == usd("10000")
