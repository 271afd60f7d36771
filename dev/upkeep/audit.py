"""`make audit`: which pinned packages have known vulnerabilities.

pip-audit asks PyPI and, where that can't be reached, OSV. A package about which neither says anything was not looked
at: that is said, and never taken for a good answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from dev.upkeep import pinned, tools
from dev.upkeep.outcome import CLEAN, FOUND, UNABLE

SOURCES = ("pypi", "osv")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source of vulnerabilities said about a file of pins."""

    found: list[str] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)


def main() -> int:
    """Print what is known of each file of pins. Returns 1 where that is something, 3 where it couldn't look."""
    asked = {file: look_at(file) for file in pinned.ALL}
    found = [f"{file}: {line}" for file, answer in asked.items() for line in answer.found]
    unseen = {file: sorted(set(pinned.pins(file)) - answer.looked_at) for file, answer in asked.items()}
    print(*found, sep="\n", end="\n" if found else "")
    for file, names in unseen.items():
        of = len(pinned.pins(file))
        print(f"{file}: {of - len(names)} of {of} packages looked at.")
        if names and len(names) < of:
            print(f"  Not looked at: {', '.join(names)}")
    if any(unseen.values()):
        print(
            "The data about vulnerabilities can't be reached here for all packages, so this says nothing of those."
        )
    return FOUND if found else UNABLE if any(unseen.values()) else CLEAN


def look_at(file: str) -> Answer:
    """What the first source that knows anything says about a file of pins; nothing looked at where none does."""
    for source in SOURCES:
        done = tools.run(
            "pip-audit", "--requirement", file, "--no-deps", "--disable-pip", "--progress-spinner", "off",
            "--vulnerability-service", source, "--format", "json",
        )  # fmt: skip
        answer = read(done.stdout)
        if answer.looked_at:
            return answer
    return Answer()


def read(text: str) -> Answer:
    """The answer in what pip-audit writes as JSON; an empty one where it couldn't ask and wrote none."""
    try:
        packages: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return Answer()
    seen = [each for each in packages if "skip_reason" not in each]
    found = [_line(each, one) for each in seen for one in each["vulns"]]
    return Answer(found, {pinned.normalized(each["name"]) for each in seen})


def _line(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    versions = " or ".join(vulnerability["fix_versions"])
    fixed = f"fixed in {versions}" if versions else "not fixed in any version"
    return f"{package['name']} {package['version']} has {vulnerability['id']}, {fixed}"
