"""A demo of its own for the length of a measurement or a photograph: other ports, other data, gone afterward."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dev import demo
from dev.data_folder import held
from dev.errors import ToolError
from dev.ports import free_port
from dev.processes import Group

OWN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "PUBLIC_URL",
    "STRIPE_API_BASE",
    "STRIPE_JS_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "SMTP_URL",
    "SHELL_ORIGINS",
    "SHELL_ISSUER",
    "SHELL_JWKS_URL",
)


@contextmanager
def temporary_demo() -> Iterator[Mapping[str, str]]:
    """Run the whole product with fresh demo data and yield the environment of its programs.

    The pages are at its PUBLIC_URL. Raises `ToolError`, with what the programs said, where it doesn't start.
    """
    said = io.StringIO()
    ports = {name: str(free_port()) for name in ("PORT", "STRIPE_SANDBOX_PORT", "SHELL_DEMO_PORT")}
    # Empty ones win over what .env says, and mean the same as none.
    chosen = os.environ | dict.fromkeys(OWN, "") | ports
    with tempfile.TemporaryDirectory(prefix="voice-portal-demo-") as folder:
        plan = demo.read_plan(chosen, data=Path(folder))
        try:
            with held(plan.data), demo.running(plan, Group(said)) as environment:
                yield environment
        except ToolError as error:
            raise ToolError(f"{said.getvalue()}{error}") from None
