"""How a task begins."""

from __future__ import annotations

from dataclasses import dataclass

from app.models import Organization, User
from tests.support.operating import Opened


@dataclass(frozen=True, slots=True)
class Scene:
    """How a task begins: whose it is, and at which page. The person is made where it is done, unless one is given.

    `secret` is what they have besides a password: their authenticator app's, or a recovery code. `operator` is whose
    it is instead, in the operators' console.
    """

    organization: Organization
    person: User | None = None
    path: str = "/billing"
    is_signed_in: bool = True
    secret: str = ""
    operator: Opened | None = None
