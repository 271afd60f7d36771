"""docs/security.md answers every requirement of the standard's level 2, and names tests that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from config import ROOT

DOCUMENT = (ROOT / "docs" / "security.md").read_text()
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+) \| (-|`[^`]+`) \|$", re.MULTILINE)
_LEFT_OUT = re.compile(r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \| [^|]+ \|$", re.MULTILINE)
_NOT_MET = "**Not met.** "


def requirements() -> Iterator[str]:
    """The numbers of levels 1 and 2."""
    for line in (ROOT / "tests" / "dev" / "asvs_level_2.txt").read_text().splitlines():
        if not line.startswith("#"):
            section, _, numbers = line.partition(": ")
            yield from (f"{section}.{number}" for number in numbers.split())


ROWS = {number: (how, test) for number, _, how, test in _ROW.findall(DOCUMENT)}


def test_every_requirement_is_answered_once() -> None:
    left_out = [one for line in _LEFT_OUT.findall(DOCUMENT) for one in line.split(", ")]
    assert sorted([*(row[0] for row in _ROW.findall(DOCUMENT)), *left_out]) == sorted(requirements())
    assert len(list(requirements())) == 253


@pytest.mark.parametrize("number", [number for number, (_, test) in ROWS.items() if test != "-"])
def test_its_test_is_there(number: str) -> None:
    file, _, name = ROWS[number][1].strip("`").partition("::")
    assert re.search(rf"^ *def {name}\(", (ROOT / file).read_text(), re.MULTILINE), ROWS[number][1]


def test_what_is_named_is_there() -> None:
    """Modules, templates and folders."""
    named = re.findall(r"`((?:app|docs|tests|demo)/[\w./-]+|config\.py|catalog\.toml)`", DOCUMENT)
    assert len(named) > 40
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_what_is_not_met_says_why() -> None:
    unmet = [how.removeprefix(_NOT_MET) for how, _ in ROWS.values() if how.startswith(_NOT_MET)]
    assert unmet
    assert all(len(why) > len("As 1.1.1") - 1 for why in unmet)
    assert DOCUMENT.count("**Not met") == len(unmet)
