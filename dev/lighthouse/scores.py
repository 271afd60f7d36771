"""What Lighthouse says of a page, the median of several runs, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median_low
from typing import Any

CATEGORIES = {"performance": "Perf", "accessibility": "A11y", "best-practices": "Best", "seo": "SEO"}
FULL = 100
MOST_RUNS = 3
"""What takes time is measured so often where the first run isn't full: a busy machine makes one run slow."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run on a page: a score from 0 to 100 in each category, and what it lost points for."""

    scores: Mapping[str, int]
    lost: tuple[str, ...] = ()
    problem: str | None = None

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Run:
        """From what `run.mjs` writes."""
        lost = tuple(
            f"{one['category']}: {one['audit']} ({one['said']}) {_where(one['items'])}".strip()
            for one in answer["lost"]
        )
        return cls(answer["scores"], lost, answer["problem"])

    @property
    def is_full(self) -> bool:
        return self.problem is None and all(self.scores.get(one) == FULL for one in CATEGORIES)


@dataclass(frozen=True, slots=True)
class Score:
    """A page by the median of its runs."""

    page: str
    form: str
    runs: tuple[Run, ...]

    @property
    def scores(self) -> dict[str, int]:
        return {one: median_low([run.scores.get(one, 0) for run in self.runs]) for one in CATEGORIES}

    @property
    def is_full(self) -> bool:
        is_whole = not any(run.problem for run in self.runs)
        return is_whole and all(score == FULL for score in self.scores.values())

    @property
    def why(self) -> list[str]:
        """What points were lost for, or what stopped a run."""
        problems = [run.problem for run in self.runs if run.problem]
        short = {one for one, score in self.scores.items() if score < FULL}
        lost = [one for run in self.runs for one in run.lost if one.partition(":")[0] in short]
        return list(dict.fromkeys([*problems, *lost]))


@dataclass
class Sheet:
    """All pages."""

    scores: list[Score] = field(default_factory=list)
    not_run: Mapping[str, str] = field(default_factory=dict)
    """Pages that it isn't run on, and why."""
    not_found: list[str] = field(default_factory=list)
    """Pages that it should have been run on, and that nothing in the demo leads to."""

    @property
    def is_full(self) -> bool:
        return bool(self.scores) and not self.not_found and all(score.is_full for score in self.scores)

    def draw(self) -> str:
        """The table, page by category, and why points were lost."""
        width = max((len(one.page) for one in self.scores), default=4)
        head = (
            f"{'page':{width}}  {'form':7}  "
            + "  ".join(f"{name:>4}" for name in CATEGORIES.values())
            + "  runs"
        )
        lines = [head, *(self._line(one, width) for one in self.scores)]
        for one in self.scores:
            if not one.is_full:
                lines += ["", f"{one.page}, {one.form}:", *(f"  {why}" for why in one.why)]
        lines += ["", *(f"{page}: not run, because it {why}" for page, why in self.not_run.items())]
        lines += [f"{page}: not run, because nothing in the demo leads to it" for page in self.not_found]
        return "\n".join(lines)

    def _line(self, one: Score, width: int) -> str:
        scores = "  ".join(f"{one.scores[name]:>4}" for name in CATEGORIES)
        return f"{one.page:{width}}  {one.form:7}  {scores}  {len(one.runs)}"


def measure(page: str, form: str, run: Callable[[], Run]) -> Score:
    """Run once; where that isn't full, so often that there is a median."""
    runs = [run()]
    while not runs[0].is_full and len(runs) < MOST_RUNS:
        runs.append(run())
    return Score(page, form, tuple(runs))


def _where(items: Iterable[Mapping[str, Any]]) -> str:
    found = [
        str(one.get("node", {}).get("selector") or one.get("url") or one.get("description") or "")
        for one in items
    ]
    return ", ".join(one for one in found if one)
