"""What make runs for long: it looks far everywhere, and no limit that is meant for short tests ends it."""

from __future__ import annotations

import re

from config import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
BEFORE_MERGING, EVERY_NIGHT = ((ROOT / ".ci" / name).read_text() for name in ("run", "nightly"))
SHORT = {"test", "test-fast", "test-every-case", "test-others", "test-sandbox"}


def test_whatever_can_look_farther_does_in_long_runs() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    can = set(re.findall(r'"([A-Z_]+_EXAMPLES)"', sources))
    assert len(can) > 10
    assert can == set(re.findall(r"([A-Z_]+_EXAMPLES)=", MAKEFILE))


def test_long_runs_have_no_limit_for_a_single_test() -> None:
    runs = runs_of_tests()
    assert set(runs) > SHORT
    assert [name for name in sorted(set(runs) - SHORT) if "$(PATIENT)" not in runs[name]] == []


def test_every_case_runs_in_a_day_and_where_one_says_which() -> None:
    runs = runs_of_tests()
    assert {name for name, line in runs.items() if "$(SOME)" in line} == {"test", "test-fast"}
    assert "SOME = $(if $(ARGS),,--cases representative)\n" in MAKEFILE
    assert "--cases others" in runs["test-others"]
    assert "test" in targets_of(BEFORE_MERGING)
    assert "test-others" in targets_of(EVERY_NIGHT)
    assert re.search(r"^test-every-case: .*\n(\t.*\n)*\t.* test-sandbox\)$", MAKEFILE, flags=re.MULTILINE)


def targets_of(script: str) -> set[str]:
    return set(re.findall(r"^[^#\n]*\bmake ([a-z-]+)", script, flags=re.MULTILINE))


def runs_of_tests() -> dict[str, str]:
    """The line of each target that runs tests."""
    recipes = re.findall(r"^([a-z-]+):[^\n]*\n((?:\t[^\n]*\n)+)", MAKEFILE, flags=re.MULTILINE)
    return {
        name: line
        for name, lines in recipes
        for line in lines.splitlines()
        if re.search(r"-m pytest|\$\(PYTEST\)", line)
    }
