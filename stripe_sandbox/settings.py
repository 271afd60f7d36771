"""Settings of the stand-in, from its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`conformance` makes the stand-in check each of its own answers against the SDK's classes.

    `secret_key` is the only secret key taken; without one, any test key is. `settles_after` are the seconds after
    which the refunds of some test cards succeed or fail. `id` is what it says when it is asked who it is.
    """

    host: str
    port: int
    state: Path
    public_url: str
    webhook_url: str | None
    webhook_secret: str
    conformance: bool
    secret_key: str | None = None
    settles_after: float = 20.0
    id: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        env = os.environ if environ is None else environ
        port = int(env.get("SANDBOX_PORT") or 8001)
        return cls(
            host=env.get("SANDBOX_HOST") or "127.0.0.1",
            port=port,
            state=Path(env.get("SANDBOX_STATE") or ".data/stripe_sandbox.db"),
            public_url=(env.get("SANDBOX_PUBLIC_URL") or f"http://localhost:{port}").rstrip("/"),
            webhook_url=env.get("SANDBOX_WEBHOOK_URL") or None,
            webhook_secret=env.get("SANDBOX_WEBHOOK_SECRET") or "whsec_development_only",
            conformance=env.get("SANDBOX_CONFORMANCE", "0") == "1",
            secret_key=env.get("SANDBOX_SECRET_KEY") or None,
            settles_after=float(env.get("SANDBOX_SETTLES_AFTER") or 20),
            id=env.get("SANDBOX_ID") or None,
        )
