"""What a drill has measured and found, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """`seconds` by step, `counts` by what was counted, both in order. `findings` is what must not be."""

    machine: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def compare(self, what: str, wanted: set[str], before: set[str], after: set[str]) -> None:
        """Note what Stripe has of something, what of it the restored database had, and what it has after comparing;
        what is missing then is a finding."""
        self.counts[f"{what} at Stripe, restored, after comparing"] = (
            f"{len(wanted)}, {len(wanted & before)}, {len(wanted & after)}"
        )
        if missing := sorted(wanted - after):
            self.findings.append(f"{what}: {', '.join(missing)} did not come back")

    def describe(self) -> str:
        """A table in Markdown, and the findings."""
        rows = [f"| {what} | {value:.1f} s |" for what, value in self.seconds.items()]
        rows += [f"| {what} | {value} |" for what, value in self.counts.items()]
        said = [self.machine, "", "| | |", "|---|--:|", *rows, ""]
        if not self.findings:
            return "\n".join([*said, "Everything that Stripe knows came back, each thing once."])
        return "\n".join([*said, f"{len(self.findings)} FINDINGS", *self.findings])
