"""A worker whose database was killed goes on by itself when it is back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import text

from app import create_app
from app.database import roles
from app.extensions import db, enqueue
from app.work.worker import until_available
from config import Settings
from dev.postgres import Cluster
from dev.testing import TEMPLATE, lay_out
from tests.support.database import inside
from tests.support.worker import a_worker, until


def test_jobs_are_done_again_after_the_database_was_killed() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder) / "data")
        lay_out(cluster.folder)
        cluster.start()
        database = cluster.create_database(TEMPLATE)
        environment = {"APP_ENV": "test", **database.settings, "STRIPE_API_BASE": "http://localhost:1"}
        settings = Settings.from_environment(environment | {"LOG_LEVEL": "CRITICAL"})
        app = create_app(settings)
        with inside(app), a_worker(settings) as worker:
            until(lambda: workers() > 0, "it has begun")
            db.session.remove()
            assert cluster.process is not None
            cluster.process.kill()
            cluster.process.wait()
            cluster.start()
            db.engine.dispose()
            enqueue("handle_stripe_event", event_id="evt_unknown")
            db.session.commit()
            until(lambda: left() == 0, "the job is done")
            assert worker.poll() is None, "the process itself goes on"
            db.session.remove()
            db.engine.dispose()
        cluster.stop()


def test_a_worker_that_starts_while_the_database_is_away_waits_for_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    lay_out(tmp_path / "data")
    cluster = Cluster(tmp_path / "data")
    with cluster:
        database = cluster.create_database(TEMPLATE)
    settings = {"APP_ENV": "test", **database.settings, "LOG_LEVEL": "CRITICAL"}
    with inside(create_app(Settings.from_environment(settings))):
        asked: list[int] = []

        def ask() -> str | None:
            asked.append(len(asked))
            if len(asked) == 2:
                cluster.start()
            return roles.what_is_wrong(db.session.connection())

        assert until_available(ask) is None
        assert asked == [0, 1]
        db.session.remove()
        db.engine.dispose()
    cluster.stop()


def workers() -> int:
    return int(db.session.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one())


def left() -> int:
    query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'handle_stripe_event'"
    return int(db.session.execute(text(query)).scalar_one())
