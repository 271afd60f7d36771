"""The catalog's file: what is wrong is said with file, line and key; commands check and store it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from app.billing.catalog import CatalogError
from app.billing.catalog import file as catalog_file
from app.extensions import db
from app.models import CatalogVersion
from config import ROOT

TEXT = (ROOT / "catalog.toml").read_text()


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "at", "key", "problem"),
    [
        ('minimum = "10"', 'minimum = "ten"', "minimum", "top_up.minimum", "in digits"),
        ('calls_inbound = "0.025"', 'calls_inbound = "1e9"', "calls_inbound = ", "plans.growth.rates", "not a rate"),
        ('calls_inbound = "0.025"\n', "", "[plans.growth.rates]", "plans.growth.rates", "is missing"),
        ("call_minutes = 120000", "fax = 120000", "allowances = { fax", "plans.growth.allowances", "'fax'"),
        ("call_minutes = 120000", "calls_inbound = 1", "allowances = { calls", "plans.growth", "draws on"),
        ('meters = ["calls_outbound", "calls_inbound"]', 'meters = ["sms", "calls_inbound"]', "meters = ", "allowances.call_minutes.meters", "same unit"),
        ("late_days = 35", "late_days = 0", "late_days", "usage.late_days", "1 to 366"),
        ('yearly = "990"', 'yearly = "cheap"', "yearly", "plans.growth.yearly", "in digits"),
        ('includes = "growth"', 'includes = "gold"', "includes", "plans.scale.includes", "no plan 'gold'"),
        ('includes = "growth"', 'includes = "scale"', "includes", "plans.scale.includes", "itself"),
        ("grace_days = 7", "grace_days = 90", "grace_days", "renewals.grace_days", "0 to 60"),
        ("{ up_to = 6000000, rate", "{ rate", "calls_outbound = { tiers", "plans.scale.rates.calls_outbound", "up_to"),
        ('rate = "0.16", minimum = 30', "minimum = 30", "calls_outbound_international", "plans.growth", "either"),
        ('name = "Growth"', "name = 5", "name = 5", "plans.growth.name", "str"),
        ('shown_as = "text messages"', 'shown_like = "text messages"', "[meters.sms]", "meters.sms", "shown_like"),
        ("per = 60", "per = 0", "[meters.calls_outbound]", "meters.calls_outbound", "at least 1"),
        ('presets = ["25"', 'presets = ["5"', "presets", "top_up.presets", "between"),
        ("most = 10000\n", "most = 0\n", "most = 0", "meters.sms", "from 1 to"),
        ('rate = "0.16", minimum = 30', 'rate = "0.16", minimum = 90000', "calls_outbound_international", "plans.growth", "86,400"),
        ("call_minutes = 120000", "call_minutes = 10000000000000", "allowances = { call_minutes = 10", "plans.growth", "units"),
        ('maximum = "5000"', 'maximum = "1000000"', "maximum", "top_up.maximum", "eight digits"),
        ('maximum = "5000"', 'maximum = "5000"\nstatement = "WALLET TOP-UP"', "statement", "top_up.statement", "13 characters"),
        ('maximum = "5000"', 'maximum = "5000"\nstatement = "2026"', "statement", "top_up.statement", "letter"),
        ('name = "Growth"', 'name = "Growth"\nstatement = "GROWTH*"', "statement", "plans.growth.statement", "leave out"),
        ('name = "Growth"', 'name = "Growth"\nstatement = "top-up"', "statement", "plans.growth.statement", "tell them apart"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_and_key(
    old: str, new: str, at: str, key: str, problem: str
) -> None:
    text = changed(old, new)
    with pytest.raises(CatalogError) as refused:
        catalog_file.parse(text, name="catalog.toml")
    message = str(refused.value)
    assert message.startswith("catalog.toml")
    assert key in message
    assert problem in message
    line = int(message.split(":")[1])
    assert text.splitlines()[line - 1].strip().startswith(at), message


def test_a_version_without_limits_has_the_usual_ones() -> None:
    """Versions that were kept before meters had a limit are read as they are."""
    older = catalog_file.parse(re.sub(r"\nmost = .*", "", TEXT), name="older")
    assert "most" not in older.text
    for key, meter in catalog_file.parse(TEXT, name="now").meters.items():
        assert older.meter(key).most_an_event == meter.most_an_event
        assert older.plan("growth").rates[key].most == meter.most_an_event


def test_what_is_no_toml_is_said_with_its_line() -> None:
    with pytest.raises(CatalogError, match="line 1"):
        catalog_file.parse("version =\ncurrency = 1", name="catalog.toml")


class TestCommands:
    def test_check_says_what_is_wrong_or_right(self, app: Flask, tmp_path: Path) -> None:
        runner = app.test_cli_runner()
        assert "3 plans" in runner.invoke(args=["catalog", "check"]).output
        file = tmp_path / "next.toml"
        file.write_text(changed('minimum = "10"', 'minimum = "ten"'))
        refused = runner.invoke(args=["catalog", "check", str(file)])
        assert refused.exit_code == 1
        assert f"{file}:{line_of(TEXT, 'minimum')}: top_up.minimum" in refused.output

    def test_sync_keeps_the_version_once(self, app: Flask) -> None:
        runner = app.test_cli_runner()
        assert "is stored." in runner.invoke(args=["catalog", "sync"]).output
        assert "already stored" in runner.invoke(args=["catalog", "sync", "--announce", "2099-01-01"]).output
        kept = db.session.scalars(db.select(CatalogVersion)).one()
        assert (kept.version, kept.announced_for is not None) == ("2026-12.4", True)
        refused = runner.invoke(args=["catalog", "sync", "--announce", "2020-01-01"])
        assert refused.exit_code == 1
