"""What every command of an operator runs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask.cli import with_appcontext

from app.models.scope import Reason, seeing_all

P = ParamSpec("P")
R = TypeVar("R")


def for_operators(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command in the application, with all organizations in sight."""
    return with_appcontext(seeing_all(Reason.OPERATOR)(command))
