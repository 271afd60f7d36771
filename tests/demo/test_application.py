"""What `wsgi` serves: the product, with the demo's parts everywhere but in production."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from config import ROOT
from dev.temporary import OWN
from tests.test_settings import PRODUCTION

LOOK = """
import json, sys, wsgi
routes = [rule.rule for rule in wsgi.app.url_map.iter_rules() if rule.rule.startswith("/dev")]
modules = [name for name in sys.modules if name == "demo" or name.startswith("demo.")]
print(json.dumps([sorted(wsgi.app.cli.commands), routes, modules]))
"""
DEVELOPMENT = {
    "APP_ENV": "development",
    "DATABASE_URL": "postgresql+psycopg:///x",
    "STRIPE_API_BASE": "http://x:1",
}


def served(**settings: str) -> tuple[list[str], list[str], list[str]]:
    """The commands, the addresses under `/dev` and the demo's modules of a process that imports `wsgi`."""
    own = dict.fromkeys([*OWN, *PRODUCTION], "")
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=ROOT,
        env=os.environ | own | settings | {"LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        check=True,
    )
    commands, routes, modules = json.loads(done.stdout)
    return commands, routes, modules


def test_production_has_nothing_of_the_demo_whatever_else_is_set() -> None:
    commands, routes, modules = served(**PRODUCTION, FLASK_ENV="development", TESTING="1", DEV_MAIL="1")
    assert not {"demo", "simulate"} & set(commands)
    assert "worker" in commands
    assert routes == []
    assert modules == []


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("environment", ["development", "test"])
def test_elsewhere_its_commands_and_its_emails_are_there(environment: str) -> None:
    commands, routes, _ = served(**DEVELOPMENT | {"APP_ENV": environment})
    assert {"demo", "simulate", "worker"} <= set(commands)
    assert "/dev/mail" in routes


def test_the_product_knows_none_of_the_stand_ins_own_addresses() -> None:
    """Those under `/_sandbox`, which Stripe doesn't have: the demo reaches them by the stand-in's `control_client`."""
    files = [path for path in (ROOT / "app").rglob("*") if path.suffix in {".py", ".html", ".js", ".txt"}]
    assert len(files) > 300
    assert [str(path.relative_to(ROOT)) for path in files if "/_sandbox" in path.read_text()] == []
