"""Which cases stand for the others in `make test`. All of them run in `make test-every-case`, and wherever one names
what to run.

- A test with several axes (`parametrize` more than once) runs so few cases that each value of each axis is tried.
- `@pytest.mark.one_of_each(by=...)`: of the cases for which `by` returns the same kind, the first. Where it returns a
  set, so few cases that each member of a set is tried. `by` is called with what the test is called with of its
  parameters.
- A story, which is any test under `STORIES`, plays through the whole product: the first of each file stands for the
  file, or those marked `@pytest.mark.representative` do. Of its cases one runs, or one of each kind.
- What is marked `@pytest.mark.long` is left to the run of every case. Another test of its file runs; `WHOLLY_LONG` says
  where there is none.
- Surroundings (fixtures with parameters, as the look of a page, or where a shell is) take turns: each of their values
  is tried somewhere in the folder under which they are used.

All else runs. The choice depends on nothing but the tests and their order.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.examples import CASES, examples

STORIES = ("tests/browser/", "tests/scenarios/", "tests/demo/simulator/")
"""Where tests are that play through the whole product, each of whose parts has tests of its own."""

CHOICES = ("all", "representative", "others")

WHOLLY_LONG = {
    "tests/browser/keyboard/test_in_firefox.py": "tasks that are done in Chromium; the shell's tests drive a Firefox too",
    "tests/browser/test_story.py": "a dispute, which has tests of its events, its mails and its pages",
    "tests/dev/test_whole_demo.py": "starts all that `make run` starts, which has tests of its parts",
    "tests/scenarios/test_busy_weeks.py": "weeks of auto top-up, its brake and the books, which have tests of their own",
}
"""Files of which `make test` runs nothing, and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One case of a test. `axes` are its parameters by what they are called together, `surroundings` those of
    fixtures; what stands for a value is the same in all cases with that value."""

    file: str
    test: str
    axes: dict[str, Hashable] = field(default_factory=dict)
    surroundings: dict[str, Hashable] = field(default_factory=dict)
    kinds: frozenset[Hashable] | None = None
    is_marked: bool = False
    is_long: bool = False

    @property
    def is_story(self) -> bool:
        return self.file.startswith(STORIES)

    @property
    def around(self) -> set[Hashable]:
        """The surroundings, each with the folder of tests in which it is to be tried."""
        folder = "/".join(self.file.split("/")[:2])
        return {(folder, name, value) for name, value in self.surroundings.items()}


COLLECTED = pytest.StashKey[list[Case]]()
"""All cases of this run, those that are left to the run of every case among them."""


def chosen(cases: Sequence[Case]) -> list[Case]:
    """Those that stand for all, in their order."""
    found: list[Case] = []
    tried: set[Hashable] = set()
    for there in _grouped(_told(cases), lambda case: (case.file, case.test)):
        for case in _so_few(there, [_wanted(each) for each in there], tried):
            found.append(case)
            tried |= case.around
    # Rather one more case of a test that runs than one of a test that another stands for.
    told = list(_told(cases))
    left = [case for case in [*told, *cases] if not case.is_long and case.around - tried]
    found += _so_few(left, [case.around - tried for case in left], set())
    place = {id(case): number for number, case in enumerate(cases)}
    return sorted(found, key=lambda case: place[id(case)])


def untried(cases: Sequence[Case], run: Sequence[Case]) -> set[Hashable]:
    """What of the cases is tried by none of those that run: tests, their values or kinds, files and surroundings."""
    wanted = [_wanted(case) for case in _told(cases)] + [{case.file} for case in cases]
    wanted += [case.around for case in cases if not case.is_long]
    tried = [_wanted(case) | case.around | {case.file} for case in run]
    return set[Hashable]().union(*wanted) - set[Hashable]().union(*tried)


def _told(cases: Iterable[Case]) -> Iterator[Case]:
    """All but those that take long, and the stories that another one of their file stands for."""
    for there in _grouped((case for case in cases if not case.is_long), lambda case: case.file):
        marked = {case.test for case in there if case.is_marked} or {there[0].test}
        yield from (case for case in there if not case.is_story or case.test in marked)


def _grouped(cases: Iterable[Case], by: Callable[[Case], Hashable]) -> Iterable[list[Case]]:
    found: dict[Hashable, list[Case]] = {}
    for case in cases:
        found.setdefault(by(case), []).append(case)
    return found.values()


def _wanted(case: Case) -> set[Hashable]:
    """What has to be tried of a test: that it runs, and values or kinds."""
    it: set[Hashable] = {(case.file, case.test)}
    if case.kinds is not None:
        return it | {(case.file, case.test, kind) for kind in case.kinds}
    if case.is_story:
        return it
    return it | {(case.file, case.test, name, value) for name, value in case.axes.items()}


def _so_few(cases: Sequence[Case], wants: Sequence[set[Any]], tried: set[Hashable]) -> list[Case]:
    """So few that all is tried: again and again the case with the most that wasn't, in surroundings that weren't."""
    missing = set[Hashable]().union(*wants)
    found: list[Case] = []
    while missing:
        best = max(
            range(len(cases)),
            key=lambda at: (len(wants[at] & missing), len(cases[at].around - tried), -at),
        )
        missing -= wants[best]
        tried = tried | cases[best].around
        found.append(cases[best])
    return found


def case_of(item: pytest.Item) -> Case:
    """What of a test counts for the choice."""
    file, _, test = item.nodeid.split("[", 1)[0].partition("::")
    callspec, groups = getattr(item, "callspec", None), dict(_groups(item))
    # The values themselves are often nothing that could be in a set.
    values = {name: id(value) for name, value in callspec.params.items()} if callspec else {}
    axes: dict[str, tuple[int, ...]] = {}
    for name, value in values.items():
        if name in groups:
            axes[groups[name]] = (*axes.get(groups[name], ()), value)
    by = item.get_closest_marker("one_of_each")
    return Case(
        file,
        test,
        axes=dict(axes),
        surroundings={name: value for name, value in values.items() if name not in groups},
        kinds=_kinds(by.kwargs["by"], callspec.params) if by and callspec else None,
        is_marked=item.get_closest_marker("representative") is not None,
        is_long=item.get_closest_marker("long") is not None,
    )


def _groups(item: pytest.Item) -> Iterator[tuple[str, str]]:
    """Each parameter of `parametrize` with what it is called together with those that it goes with."""
    for marker in item.iter_markers("parametrize"):
        names = marker.args[0] if marker.args else marker.kwargs["argnames"]
        together = names.split(",") if isinstance(names, str) else names
        stripped = [name.strip() for name in together]
        yield from ((name, " ".join(stripped)) for name in stripped)


def _kinds(by: Callable[..., Any], parameters: dict[str, Any]) -> frozenset[Hashable]:
    found = by(**{name: parameters[name] for name in inspect.signature(by).parameters})
    return frozenset(found) if isinstance(found, set | frozenset) else frozenset({found})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which cases run."""
    said = "`representative` runs those that stand for all, `others` what they leave"
    parser.addoption("--cases", choices=CHOICES, default="all", help=said)


def pytest_configure(config: pytest.Config) -> None:
    """Tests with generated examples look at fewer where some stand for all."""
    os.environ[CASES] = config.getoption("--cases")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the others to another run. What can't run here has been left out by now."""
    cases = config.stash[COLLECTED] = [case_of(item) for item in items]
    which = config.getoption("--cases")
    if which == "all":
        return
    stand_for_all = set(map(id, chosen(cases)))
    runs = {
        id(item)
        for item, case in zip(items, cases, strict=True)
        if (id(case) in stand_for_all) is (which == "representative") or (which == "others" and _looks(item))
    }
    left = [item for item in items if id(item) not in runs]
    items[:] = [item for item in items if id(item) in runs]
    config.hook.pytest_deselected(items=left)


def _looks(item: pytest.Item) -> bool:
    """Whether it generates examples, of which those that stand for all have looked at a few."""
    return isinstance(item, pytest.Function) and getattr(item.module, "examples", None) is examples
