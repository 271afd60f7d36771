"""How gunicorn serves the application. It reads this file from the folder it starts in.

The address comes from PORT and the number of processes from WEB_CONCURRENCY, both of which gunicorn reads itself.
Threads and patience are settings of the application (`.env.example`); docs/decisions/0001-server.md says why.
"""

import atexit
import gc
import os
import shutil
import tempfile
from typing import Any

if os.environ.get("METRICS_TOKEN") and not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    # Each process writes there what it measures, and any of them answers for all (`app.metrics.exposition`).
    _folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="billing-metrics-")
    _master = os.getpid()

    @atexit.register
    def _remove_metrics() -> None:
        if os.getpid() == _master:
            shutil.rmtree(_folder, ignore_errors=True)


workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "app.server.worker.Worker"
asgi_lifespan = "off"
# Behind a proxy that keeps connections for a minute, we must not be the first to close one.
keepalive = 75
# A process whose event loop doesn't move for so long is replaced. How long a request may take is said elsewhere.
timeout = 30
# A deployment waits so long for what is being answered.
graceful_timeout = 10
control_socket_disable = True
reload = os.environ.get("FLASK_DEBUG", "0").lower() not in {"", "0", "false", "no", "off"}


def child_exit(_: Any, worker: Any) -> None:
    """What a process that is gone had in use isn't in use any more."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess  # noqa: PLC0415 - only where it is measured

        multiprocess.mark_process_dead(worker.pid)


def post_worker_init(_: Any) -> None:
    """What is loaded by now stays for good: collecting garbage leaves it out, which makes large batches a third
    quicker (https://docs.python.org/3/library/gc.html#gc.freeze).

    Collected once more, it is counted how little is left to look through. The oldest generation is looked through
    when it has grown by a quarter of what there was the last time: of everything that was loaded, that would be
    150,000 objects, so that a process grew by megabytes before any of its oldest garbage went."""
    gc.collect()
    gc.freeze()
    gc.collect()
