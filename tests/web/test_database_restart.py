"""PostgreSQL goes away under load and comes back: pages say so, lose nothing, and recover by themselves."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app import create_app
from app.billing.wallet import verification
from app.extensions import db
from config import Settings
from dev.postgres import Cluster
from dev.testing import TEMPLATE, lay_out
from tests.factories import a_person, an_organization
from tests.support.browsing import BrowserClient, Visitor, text_of
from tests.support.database import inside


def test_pages_say_503_while_the_database_restarts_and_recover() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder) / "data", throwaway=True)
        lay_out(cluster.folder)
        cluster.start()
        database = cluster.create_database(TEMPLATE)
        app = create_app(
            Settings.from_environment({"APP_ENV": "test", **database.settings, "LOG_LEVEL": "CRITICAL"})
        )
        app.test_client_class = BrowserClient
        with inside(app):
            organization = an_organization("Harbor Dental", credit="10")
            email = a_person(organization=organization).email
            db.session.remove()
        visitors = [Visitor(app.test_client()) for _ in range(4)]
        for visitor in visitors:
            assert visitor.sign_in(email).status_code == 302

        with ThreadPoolExecutor(4) as load:
            running = [
                load.submit(lambda v=visitor: [v.get("/billing").status_code for _ in range(40)])
                for visitor in visitors
            ]
            cluster.stop()
            during = visitors[0].get("/billing")
            seen = {status for one in running for status in one.result()}
        assert during.status_code == 503
        assert "Back in a moment" in text_of(during)
        assert visitors[0].get("/readyz").status_code == 503
        assert visitors[0].get("/healthz").status_code == 200
        assert seen <= {200, 503}

        cluster.start()
        assert all("Harbor Dental" in text_of(visitor.get("/billing")) for visitor in visitors)
        with inside(app):
            assert verification.check() == []
            db.session.remove()
            db.engine.dispose()
        cluster.stop()
