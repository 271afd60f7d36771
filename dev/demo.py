"""The whole product on one machine: PostgreSQL, the stand-in for Stripe, the pages and the worker."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dotenv import dotenv_values

import demo_notes
from dev.errors import ToolError
from dev.ports import first_free, require_free
from dev.postgres import Cluster
from dev.processes import Group
from dev.waiting import until_answering
from shell_demo.tokens import ISSUER
from stripe_sandbox.control_client import HEALTH

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "voice_portal"
PATIENCE_SECONDS = 10
WORKERS = {"worker": "money", "messenger": "messages,mail,maintenance"}
"""The worker processes, as in the Procfile, and the queues of each."""

KEYS = "/.well-known/jwks.json"
"""Where the shell publishes its keys."""
WEBHOOK_SECRET = "whsec_development_only"  # noqa: S105 - the stand-in's, known to everyone


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start and where, worked out from the environment before anything starts."""

    environment: Mapping[str, str]
    data: Path
    host: str
    port: int
    sandbox_port: int | None
    shell_port: int | None
    shell_port_is_set: bool
    embedded_database: bool

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def address_note(self) -> Path:
        """Where other programs of the checkout find the embedded database while it runs (`demo_notes`)."""
        return demo_notes.files(self.data)["database_url"]

    @property
    def sandbox_address(self) -> str | None:
        return None if self.sandbox_port is None else f"http://localhost:{self.sandbox_port}"

    @property
    def shell_address(self) -> str | None:
        """By another name than the pages', so that it is on another site, as a real shell may be."""
        return None if self.shell_port is None else f"http://127.0.0.1:{self.shell_port}"


def read_plan(environ: Mapping[str, str] | None = None, *, data: Path = ROOT / ".data") -> Plan:
    """Read `.env` and the environment, which wins. Raises `ToolError` for a port that is none."""
    environment = with_dotenv(os.environ if environ is None else environ)
    own_stripe = bool(environment.get("STRIPE_SECRET_KEY") or environment.get("STRIPE_API_BASE"))
    own_shell = any(environment.get(name) for name in ("SHELL_ORIGINS", "SHELL_ISSUER", "SHELL_JWKS_URL"))
    in_development = environment.get("APP_ENV", "development") == "development"
    port = _port(environment, "PORT", 8000)
    return Plan(
        environment=environment,
        data=data,
        host=environment.get("DEMO_HOST") or "127.0.0.1",
        port=port,
        sandbox_port=None if own_stripe else _port(environment, "STRIPE_SANDBOX_PORT", 8001),
        shell_port=None
        if own_shell or not in_development
        else _port(environment, "SHELL_DEMO_PORT", port + 2),
        shell_port_is_set=bool(environment.get("SHELL_DEMO_PORT")),
        embedded_database=not environment.get("DATABASE_URL"),
    )


def with_dotenv(environ: Mapping[str, str], file: Path = ROOT / ".env") -> dict[str, str]:
    """The environment over the settings in `.env`."""
    written = {name: value for name, value in dotenv_values(file).items() if value is not None}
    return written | dict(environ)


def with_free_ports(plan: Plan) -> Plan:
    """The plan, with another port for the shell where none was set and the usual one is taken.

    Raises `ToolError` where another port of the plan is taken.
    Where the last run was killed, its programs get some seconds to notice and end.
    """
    patience = PATIENCE_SECONDS if plan.address_note.exists() else 0
    require_free(plan.port, setting="PORT", host=plan.host, patience=patience)
    if plan.sandbox_port == plan.port:
        raise ToolError(f"PORT and STRIPE_SANDBOX_PORT are both {plan.port}. Give them different numbers.")
    if plan.sandbox_port is not None:
        require_free(plan.sandbox_port, setting="STRIPE_SANDBOX_PORT", patience=patience)
    if plan.shell_port is None:
        return plan
    others = {"PORT": plan.port, "STRIPE_SANDBOX_PORT": plan.sandbox_port}
    if not plan.shell_port_is_set:
        return replace(plan, shell_port=first_free(plan.shell_port, host=plan.host, but=others.values()))
    for name, other in others.items():
        if plan.shell_port == other:
            raise ToolError(f"{name} and SHELL_DEMO_PORT are both {other}. Give them different numbers.")
    require_free(plan.shell_port, setting="SHELL_DEMO_PORT", host=plan.host, patience=patience)
    return plan


@contextmanager
def running(plan: Plan, group: Group) -> Iterator[Mapping[str, str]]:
    """Start everything in order, each part when what it needs answers. Leaving ends it all.

    Yields the environment of the programs, which leads others to the same database and the same stand-in.
    """
    environment = dict(plan.environment)
    environment["PUBLIC_URL"] = environment.get("PUBLIC_URL") or plan.address
    environment |= {"PORT": str(plan.port), "PYTHONUNBUFFERED": "1"}
    environment["OPERATOR_CONSOLE"] = environment.get("OPERATOR_CONSOLE") or "1"
    # A line for each request would push what is to be read out of sight.
    environment["LOG_LEVEL"] = environment.get("LOG_LEVEL") or "WARNING"
    with _notes(plan), database(plan, group) as addresses:
        environment |= addresses
        with group:
            stripe_id = _start_sandbox(plan, group, environment)
            _start_shell(plan, group, environment)
            demo_notes.leave(
                plan.data,
                public_url=environment["PUBLIC_URL"],
                stripe_url=plan.sandbox_address,
                stripe_id=stripe_id,
            )
            flask(environment, "db", "upgrade")
            _require_answer(group, plan.sandbox_address and f"{plan.sandbox_address}{HEALTH}")
            if environment.get("APP_ENV", "development") == "development":
                flask(environment, "demo", "load")
            serving = ["--bind", f"{plan.host}:{plan.port}", "--log-level", "warning", "wsgi:app"]
            group.start("web", [*python("gunicorn"), *serving], environment)
            for name, queues in WORKERS.items():
                group.start(name, [*python("flask"), "worker", "--queues", queues], environment)
            _require_answer(group, f"{plan.address}/readyz")
            _require_answer(group, plan.shell_address and f"{plan.shell_address}{KEYS}")
            yield environment


@contextmanager
def _notes(plan: Plan) -> Iterator[None]:
    """Forget what a demo that was killed has left, and in the end what this one leaves."""
    plan.data.mkdir(parents=True, exist_ok=True)
    demo_notes.remove(plan.data)
    try:
        yield
    finally:
        demo_notes.remove(plan.data)


@contextmanager
def database(plan: Plan, group: Group) -> Iterator[Mapping[str, str]]:
    """The settings of the database: those that are set, or the embedded server's while this lasts.

    Other programs of the checkout find the embedded server by the notes in the data folder.
    """
    if not plan.embedded_database:
        yield {}
        return
    with Cluster(plan.data / "postgres") as cluster:
        addresses = cluster.create_database(DATABASE)
        if cluster.process is not None:
            group.watch("postgres", cluster.process)
        try:
            demo_notes.leave(
                plan.data, database_url=addresses.application, database_owner_url=addresses.owner
            )
            yield addresses.settings
        finally:
            demo_notes.remove(plan.data)


def flask(environment: Mapping[str, str], *arguments: str) -> None:
    """Run a command of the product. Raises `ToolError` with what it said where it fails."""
    done = subprocess.run(
        [*python("flask"), *arguments],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        check=False,
    )
    if done.returncode != 0:
        raise ToolError(f"`flask {' '.join(arguments)}` failed:\n{done.stdout.strip()}")


def python(module: str) -> list[str]:
    """The command that runs an installed module, wherever the checkout was moved to."""
    return [sys.executable, "-m", module]


def start_calls(group: Group, environment: Mapping[str, str]) -> None:
    """Let Harbor's agents call over the API, one call after the other, for as long as there is credit."""
    gently = {
        "organization": "harbor-dental",
        "lines": 1,
        "speed": 1,
        "between": 30,
        "every": 5,
        "seconds": 0,
    }
    options = [f"--{name}={value}" for name, value in gently.items()]
    command = [*python("flask"), "simulate", *options, "--patience=86400", "--no-trouble"]
    group.start("calls", command, environment, needed=False)


def _start_sandbox(plan: Plan, group: Group, environment: dict[str, str]) -> str | None:
    """Start the stand-in, if it is wanted; what it says when it is asked who it is."""
    if plan.sandbox_address is None:
        return None
    stripe_id = secrets.token_hex(8)
    environment["STRIPE_WEBHOOK_SECRET"] = environment.get("STRIPE_WEBHOOK_SECRET") or WEBHOOK_SECRET
    environment["STRIPE_API_BASE"] = plan.sandbox_address
    environment["STRIPE_JS_URL"] = f"{plan.sandbox_address}/endive/stripe.js"
    own = {
        "SANDBOX_ID": stripe_id,
        "SANDBOX_PORT": str(plan.sandbox_port),
        "SANDBOX_STATE": str(plan.data / "stripe_sandbox.db"),
        "SANDBOX_PUBLIC_URL": plan.sandbox_address,
        "SANDBOX_WEBHOOK_URL": f"{plan.address}/webhooks/stripe",
        "SANDBOX_WEBHOOK_SECRET": environment["STRIPE_WEBHOOK_SECRET"],
    }
    group.start("stripe", python("stripe_sandbox"), environment | own)
    return stripe_id


def _start_shell(plan: Plan, group: Group, environment: dict[str, str]) -> None:
    """Start the example of a shell, if there is none of one's own; the pages trust what it signs."""
    if plan.shell_address is None:
        return
    environment["SHELL_ORIGINS"] = f"{plan.shell_address} http://localhost:{plan.shell_port}"
    environment["SHELL_ISSUER"] = ISSUER
    environment["SHELL_JWKS_URL"] = f"{plan.shell_address}{KEYS}"
    address = ["--host", plan.host, "--port", str(plan.shell_port)]
    group.start(
        "shell", [*python("shell_demo"), *address, "--billing", environment["PUBLIC_URL"]], environment
    )


def _require_answer(group: Group, address: str | None) -> None:
    if address is None or until_answering(address, give_up=group.any_ended):
        return
    ended = group.first_to_end(seconds=0.1)
    raise ToolError(f"{ended}." if ended else f"{address} does not answer.")


def _port(environment: Mapping[str, str], setting: str, default: int) -> int:
    text = environment.get(setting) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ToolError(f"{setting} must be a number from 1 to 65535, not {text!r}.")
    return int(text)
