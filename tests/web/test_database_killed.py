"""kill -9 of PostgreSQL in the middle of requests: each is answered with 503 or with what it did, never with 500."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request

from app import create_app
from app.extensions import db
from config import Settings
from dev.postgres import Cluster
from dev.testing import TEMPLATE, lay_out
from tests.factories import a_person, an_organization
from tests.support.browsing import BrowserClient, Visitor
from tests.support.database import inside

MOMENTS = ("before the view", "after the view", "in the end")


class Killed:
    """The application on a server that is killed at a moment of a request to an address."""

    def __init__(self, app: Flask, cluster: Cluster) -> None:
        self.app = app
        self.cluster = cluster
        self.when: tuple[str, str] | None = None
        app.before_request_funcs.setdefault(None, []).append(lambda: self._kill("before the view"))
        # Those that were registered last are run first: the limits' headers come after it.
        app.after_request_funcs.setdefault(None, []).append(
            lambda response: self._kill("after the view") or response
        )
        app.teardown_request_funcs.setdefault(None, []).append(lambda _: self._kill("in the end"))

    def _kill(self, moment: str) -> None:
        if self.when == (moment, request.path):
            self.when = None
            process = self.cluster.process
            assert process is not None
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def killed() -> Iterator[Killed]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(Path(folder) / "data")
        lay_out(cluster.folder)
        cluster.start()
        database = cluster.create_database(TEMPLATE)
        settings = {"APP_ENV": "test", **database.settings, "LOG_LEVEL": "CRITICAL"}
        app = create_app(Settings.from_environment(settings))
        app.test_client_class = BrowserClient
        # As on a server, and not as in tests otherwise: what no one handles is answered.
        app.config["PROPAGATE_EXCEPTIONS"] = False
        yield Killed(app, cluster)
        with app.app_context():
            db.engine.dispose()
        cluster.stop()


@pytest.fixture
def owner(killed: Killed) -> Visitor:
    with inside(killed.app):
        email = a_person(organization=an_organization(credit="10")).email
        db.session.remove()
    visitor = Visitor(killed.app.test_client())
    assert visitor.sign_in(email).status_code == 302
    return visitor


@pytest.mark.one_of_each(by=lambda moment: moment)
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("address", ["/billing", "/billing/wallet/top-ups"])
def test_no_request_is_answered_with_500(killed: Killed, owner: Visitor, moment: str, address: str) -> None:
    killed.when = (moment, address)
    form = {"amount": "50", "card": "none"}
    answer = owner.post(address, form) if address.endswith("top-ups") else owner.get(address)
    assert killed.when is None, "that is the moment at which the server was killed"
    killed.cluster.start()
    assert answer.status_code in ({503} if moment == "before the view" else {200, 422, 503})
    assert "X-Request-Id" in answer.headers
    assert owner.get("/billing").status_code == 200, "and the pool gets over it"
