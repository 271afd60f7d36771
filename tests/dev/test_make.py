"""What make runs for long: it looks far everywhere, and no limit that is meant for short tests ends it."""

from __future__ import annotations

import re

from config import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
SHORT = {"test", "test-fast", "test-sandbox"}


def test_whatever_can_look_farther_does_in_long_runs() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    can = set(re.findall(r'"([A-Z]+_EXAMPLES)"', sources))
    assert len(can) > 10
    assert can == set(re.findall(r"([A-Z]+_EXAMPLES)=", MAKEFILE))


def test_long_runs_have_no_limit_for_a_single_test() -> None:
    recipes = re.findall(r"^([a-z-]+):[^\n]*\n((?:\t[^\n]*\n)+)", MAKEFILE, flags=re.MULTILINE)
    runs = {
        name: line
        for name, lines in recipes
        for line in lines.splitlines()
        if re.search(r"-m pytest|\$\(PYTEST\)", line)
    }
    assert set(runs) > SHORT
    assert [name for name in sorted(set(runs) - SHORT) if "$(PATIENT)" not in runs[name]] == []
