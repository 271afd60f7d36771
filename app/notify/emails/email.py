"""What all emails have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """The facts of an email. `kind` names its template, and is its kind in the outbox; `opens` names a field that
    grants access: it is erased once the email was sent. `opt_out` is what its readers can stop by a link in it; None
    for an email that has to be sent."""

    kind: ClassVar[str]
    opens: ClassVar[str | None] = None
    opt_out: ClassVar[Literal["alerts", "digest"] | None] = None
