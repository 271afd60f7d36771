"""Rules and dashboards name metrics and labels that exist, and each alert has its section in the runbook."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from prometheus_client import REGISTRY

from app.doctor.gauges import InstallationFigures
from config import ROOT
from tests.support.compared import was_compared

FOLDER = ROOT / "deploy" / "observability"
RULES = FOLDER / "prometheus" / "rules.yml"
_NAME = re.compile(r"\bbilling[_:][a-z0-9_:]+\b")
_SELECTED = re.compile(r"\b(billing_[a-z0-9_]+)\{([^}]*)\}")
_LABEL = re.compile(r"(\w+)\s*[=!]~?")
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


@cache
def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def expressions() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"]
    for path in sorted((FOLDER / "grafana").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{path.name}: {panel['title']}", target["expr"]


@pytest.fixture
def exposed(app: Flask) -> dict[str, set[str]]:
    """Every name that Prometheus can read, with its labels."""
    was_compared()
    found: dict[str, set[str]] = {}
    for collector in list(REGISTRY._collector_to_names):
        labels = set(getattr(collector, "_labelnames", ()))
        kind = getattr(collector, "_type", "")
        for suffix in _SUFFIXES.get(kind, ()):
            found[f"{collector._name}{suffix}"] = labels | ({"le"} if suffix == "_bucket" else set())  # type: ignore[attr-defined]
    for metric in InstallationFigures(app).collect():
        for sample in metric.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def test_every_metric_and_label_that_is_named_exists(exposed: dict[str, set[str]]) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    unknown = {
        (where, name)
        for where, expression in expressions()
        for name in _NAME.findall(expression)
        if name not in exposed and name not in recorded
    }
    assert unknown == set()
    wrong = {
        (where, name, label)
        for where, expression in expressions()
        for name, selector in _SELECTED.findall(expression)
        for label in _LABEL.findall(re.sub(r'"[^"]*"', "", selector))
        if label not in exposed[name] | {"instance"}
    }
    assert wrong == set()


def test_every_metric_is_on_a_dashboard_or_in_a_rule(exposed: dict[str, set[str]]) -> None:
    named = {name for _, expression in expressions() for name in _NAME.findall(expression)}
    families = {re.sub("_(bucket|count|sum|total)$", "", name) for name in named}
    ours = {re.sub("_(bucket|count|sum|total)$", "", name) for name in exposed if name.startswith("billing_")}
    assert ours - families == set()


def test_every_alert_has_its_section_and_the_runbook_no_other() -> None:
    text = (ROOT / "docs" / "runbook.md").read_text()
    sections = re.findall(r"^## (\w+)$", text, re.MULTILINE)
    assert sorted(sections) == sorted(rule["alert"] for rule in alerts())
    for rule in alerts():
        name = rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
        assert rule["labels"]["severity"] in {"page", "ticket"}
        section = text.split(f"## {name}\n")[1].split("\n## ")[0]
        for part in ("**Means.**", "**Look.**", "**Do.**"):
            assert part in section, (name, part)


def test_objectives_are_edges_of_buckets() -> None:
    """A share of what is within an objective is counted, not guessed from neighbors."""
    text = RULES.read_text()
    for family, edge in {"request": 0.05, "request_": 0.3, "resume_told": 1.0, "credited": 10.0}.items():
        [collector] = {
            one
            for one in REGISTRY._collector_to_names
            if getattr(one, "_name", "") == f"billing_{family.strip('_')}_seconds"
        }
        assert edge in collector._upper_bounds  # type: ignore[attr-defined]
    assert 'le=~"0.05"' in text and 'le=~"0.3"' in text


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("check", "rules", "rules.yml"), FOLDER / "prometheus"),
        (("test", "rules", "rules_test.yml"), FOLDER / "prometheus"),
        (("check", "config", "--syntax-only", "prometheus.yml"), FOLDER / "prometheus"),
    ],
)
def test_prometheus_takes_the_files(words: tuple[str, ...], where: Path) -> None:
    """By its own tool where it is installed (Debian: prometheus); else they are YAML at least."""
    assert yaml.safe_load((where / words[-1]).read_text())
    tool = shutil.which("promtool")
    if tool is not None:
        done = subprocess.run([tool, *words], cwd=where, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
