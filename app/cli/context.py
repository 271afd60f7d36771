"""The context that operator commands run in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask.cli import with_appcontext

from app.models.scope import Reason, seeing_all

P = ParamSpec("P")
R = TypeVar("R")


def for_operators(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command in the application context, with access to all organizations."""
    return with_appcontext(seeing_all(Reason.OPERATOR)(command))
