"""Starting everything on data of its own: the proxy first, then each program with an environment of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from dev.demo import flask
from dev.errors import ToolError
from dev.ports import free_port
from dev.postgres import Cluster
from dev.temporary import OWN
from dev.waiting import until_answering
from stripe_sandbox.control_client import HEALTH
from torture.clock.shifting import Clocks
from torture.network.proxy import Proxy
from torture.plan import Plan
from torture.system import DATABASE, System
from torture.topology import COMMANDS, PRODUCT, WITH_CHILDREN
from torture.trouble.disk import Disk
from torture.trouble.receivers import Receiver

WEBHOOK_SECRET = "whsec_of_torture"
POSTGRES = {"max_connections": "300", "max_wal_size": "512MB"}


@contextmanager
def running(
    plan: Plan, folder: Path, receivers: Mapping[str, Receiver], *, cluster: Cluster | None = None
) -> Iterator[System]:
    """Start everything, in the embedded PostgreSQL or in another cluster. Raises `ToolError` where something doesn't
    answer."""
    system = _prepared(plan, folder, cluster)
    try:
        with system.cluster:
            ports = {name: free_port() for name in ("stripe", *WITH_CHILDREN)}
            settings = system.cluster.create_database(DATABASE).settings
            _lead_through_proxy(system, ports, settings, receivers)
            flask(system.environment, "db", "upgrade")
            try:
                for name in COMMANDS:
                    system.start(name)
                for needed in (f"{system.stripe_address}{HEALTH}", *system.ready):
                    if not until_answering(needed, give_up=lambda: bool(system.died())):
                        said = "\n".join(system.last_words(name) for name in system.died())
                        raise ToolError(f"{needed} does not answer. {said}")
                yield system
            finally:
                for name in list(system.running):
                    system.kill(name)
    finally:
        system.proxy.stop()
        if system.disk is not None:
            system.disk.unmount()


def _prepared(plan: Plan, folder: Path, cluster: Cluster | None) -> System:
    """What the faults need, as far as this machine has it."""
    lacks, clocks, disk = [], Clocks(folder), Disk(folder / "disk")
    reasons = {"clocks": clocks.build, "disk": disk.mount}
    has = {}
    for fault, prepare in reasons.items():
        reason = prepare() if fault in plan.faults else "not wanted"
        has[fault] = reason is None
        if reason is not None and fault in plan.faults:
            lacks.append(f"Left out: {fault}, because {reason}.")
    own = clocks.environment("postgres") if has["clocks"] else None
    (folder / "disk").mkdir(exist_ok=True)
    if cluster is None:
        cluster = Cluster(folder / "disk" / "postgres", settings=POSTGRES, environment=own)
        cluster.log = folder / "postgres.log"  # not where the disk is full
    proxy = Proxy(plan.seed, folder / "proxy.log")
    return System(
        folder, cluster, proxy, clocks if has["clocks"] else None, disk if has["disk"] else None, lacks
    )


def _lead_through_proxy(
    system: System,
    ports: Mapping[str, int],
    settings: Mapping[str, str],
    receivers: Mapping[str, Receiver],
) -> None:
    """Everyone connects to everyone through a link, and commands and checks past it."""
    proxy, folder = system.proxy, system.folder
    web = f"http://localhost:{proxy.add('people-web', ports['web'])}"
    system.address, system.api_address = web, f"http://localhost:{proxy.add('platform-api', ports['api'])}"
    system.ready = tuple(f"http://localhost:{ports[name]}/readyz" for name in WITH_CHILDREN)
    system.stripe_address = f"http://localhost:{ports['stripe']}"
    for name, receiver in receivers.items():
        receiver.url = f"http://127.0.0.1:{proxy.add(f'messenger-{name}', receiver.port)}/events"
    common = {
        **os.environ,
        **dict.fromkeys(OWN, ""),
        "APP_ENV": "development",
        # Its owners type their password once; a run takes an hour.
        "STEP_UP_MINUTES": "1440",
        "API_REQUESTS_PER_MINUTE": "1000000",
        "PUBLIC_URL": web,
        "WEB_CONCURRENCY": "2",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        "STRIPE_JS_URL": f"{system.stripe_address}/endive/stripe.js",
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_TIMEOUT_SECONDS": "3",
    }
    system.environment = common | dict(settings) | {"STRIPE_API_BASE": system.stripe_address}
    socket = f"{_socket_folder(settings['DATABASE_URL'])}/.s.PGSQL.5432"
    for name in PRODUCT:
        stripe = proxy.add(f"{name}-stripe", ports["stripe"])
        own = {
            **common,
            "DATABASE_URL": _through(settings["DATABASE_URL"], proxy.add(f"{name}-postgres", socket)),
            "STRIPE_API_BASE": f"http://localhost:{stripe}",
            "PORT": str(ports.get(name, "")),
        }
        clock = system.clocks.environment(name) if system.clocks is not None else {}
        system.environments[name] = own | dict(clock)
    webhooks = f"http://localhost:{proxy.add('stripe-web', ports['web'])}/webhooks/stripe"
    system.environments["stripe"] = common | {
        "SANDBOX_PORT": str(ports["stripe"]),
        "SANDBOX_STATE": str(folder / "stripe.db"),
        "SANDBOX_PUBLIC_URL": system.stripe_address,
        "SANDBOX_WEBHOOK_URL": webhooks,
        "SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SANDBOX_SETTLES_AFTER": "5",
    }
    proxy.start()


def _socket_folder(url: str) -> str:
    return str(make_url(url).query["host"])


def _through(url: str, port: int) -> str:
    """The address of a database over a link of the proxy, which reads along: without encryption."""
    found = make_url(url).set(
        host="127.0.0.1", port=port, query={"sslmode": "disable", "gssencmode": "disable"}
    )
    return found.render_as_string(hide_password=False)
