"""What all emails have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

ReadBy = Literal["anyone", "members", "billing", "owners"]
"""Who may read an email that is addressed to one person: anyone who was addressed, as it is about their own account;
people with a role; owners and billing email recipients; only owners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """The facts of an email. `kind` names its template, and is its kind in the outbox; `opens` names a field that
    grants access: it is erased once the email was sent. `opt_out` is what its readers can stop by a link in it; None
    for an email that has to be sent. `read_by` is who may still read it when it is sent, since a person may have lost
    their role meanwhile."""

    kind: ClassVar[str]
    opens: ClassVar[str | None] = None
    opt_out: ClassVar[Literal["alerts", "digest"] | None] = None
    read_by: ClassVar[ReadBy] = "billing"
