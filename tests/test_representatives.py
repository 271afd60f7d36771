"""The cases that stand for the others in `make test` leave nothing untried, and the run of every case leaves none out."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from config import ROOT
from tests.support.representatives import COLLECTED, WHOLLY_LONG, Case, chosen, untried

FILE = "tests/billing/test_one.py"
STORY = "tests/scenarios/test_one.py"


def a_matrix(file: str = FILE, **sizes: int) -> list[Case]:
    return list(_of(file, "test_matrix", sizes))


def _of(file: str, test: str, sizes: dict[str, int]) -> Iterator[Case]:
    for values in product(*map(range, sizes.values())):
        yield Case(file, test, axes=dict(zip(sizes, values, strict=True)))


def test_of_all_tests_that_were_collected_nothing_is_untried_but_what_is_said(
    request: pytest.FixtureRequest,
) -> None:
    """Each test, each value of each axis, each kind, each surrounding and each file, in whatever runs now."""
    cases = request.config.stash[COLLECTED]
    left = untried(cases, chosen(cases))
    assert left == set(WHOLLY_LONG) & {case.file for case in cases}
    is_all = request.config.getoption("--cases") == "all"
    assert len(request.session.items) == len(cases if is_all else chosen(cases))


def test_of_a_matrix_each_value_of_each_axis_is_tried_by_as_few_as_can_be() -> None:
    cases = a_matrix(page=5, state=3, width=2)
    run = chosen(cases)
    assert len(run) == 5
    for axis, size in {"page": 5, "state": 3, "width": 2}.items():
        assert {case.axes[axis] for case in run} == set(range(size))


def test_a_value_that_nothing_tries_is_known() -> None:
    cases = a_matrix(page=3, state=2)
    run = [case for case in chosen(cases) if case.axes["page"] != 2]
    assert untried(cases, run) == {(FILE, "test_matrix", "page", 2)}
    assert {FILE, (FILE, "test_matrix")} < untried(cases, [])


def test_of_one_axis_each_value_runs_unless_their_kind_is_said() -> None:
    assert len(chosen(a_matrix(status=8))) == 8
    odd = [Case(FILE, "test_table", axes={"status": n}, kinds=frozenset({n % 2})) for n in range(8)]
    assert chosen(odd) == odd[:2]
    pages = ({"a"}, {"a", "b"}, {"c"}, {"b"})
    scenes = [Case(FILE, "test_scene", kinds=frozenset(kinds)) for kinds in pages]
    assert chosen(scenes) == [scenes[1], scenes[2]]


def test_one_story_stands_for_its_file_the_first_unless_others_are_marked() -> None:
    first, second, third = (Case(STORY, name) for name in ("test_first", "test_second", "test_third"))
    assert chosen([first, second, third]) == [first]
    marked = [Case(STORY, name, is_marked=True) for name in ("test_fourth", "test_fifth")]
    assert chosen([first, second, *marked]) == marked
    assert len(chosen(a_matrix(STORY, page=3, state=2))) == 1


def test_what_takes_long_is_left_and_a_file_of_which_nothing_runs_is_known() -> None:
    long, short = Case(FILE, "test_long", is_long=True), Case(FILE, "test_short")
    assert chosen([long, short]) == [short]
    assert untried([long, short], [short]) == set()
    assert untried([long], chosen([long])) == {FILE}


def test_surroundings_take_turns_and_each_is_tried_in_its_folder() -> None:
    looks = [
        Case(f"tests/browser/{name}.py", "test_it", surroundings={"look": look})
        for name in ("test_a", "test_b", "test_c")
        for look in range(2)
    ]
    assert [case.surroundings["look"] for case in chosen(looks)] == [0, 1, 0]
    assert [case.surroundings["look"] for case in chosen(looks[:2])] == [0, 1]


SUITE = """
import pytest

@pytest.fixture(params=["light", "dark"])
def look(request):
    return request.param

@pytest.mark.parametrize("page", "abc")
@pytest.mark.parametrize("state", "de")
def test_matrix(page, state):
    pass

@pytest.mark.one_of_each(by=lambda status: status // 100)
@pytest.mark.parametrize("status", [200, 201, 404, 500, 503])
def test_table(status):
    pass

def test_in_a_look(look):
    pass

@pytest.mark.long
def test_long():
    pass
"""
GENERATED = """
from tests.support.examples import examples

def test_generated():
    assert examples("EXAMPLES_OF_SUITE", 30) >= 10
"""


@pytest.mark.parametrize(
    ("options", "ran"),
    [
        (["--cases", "representative"], {"passed": 9, "deselected": 6}),
        (["--cases", "others"], {"passed": 7, "deselected": 8}),
        ([], {"passed": 15, "deselected": 0}),
    ],
    ids=["some", "others", "all"],
)
def test_nothing_is_skipped_what_does_not_run_in_the_one_runs_in_the_other(
    options: list[str], ran: dict[str, int], tmp_path: Path
) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "test_generated.py").write_text(GENERATED)
    run = [sys.executable, "-m", "pytest", "-p", "tests.support.representatives", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [*run, *options, "-n", "0", "--rootdir", str(tmp_path), "-c", "/dev/null", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", ended.stdout.splitlines()[-1])}
    assert {word: said.get(word, 0) for word in ran} == ran, ended.stdout
    assert "skipped" not in said
