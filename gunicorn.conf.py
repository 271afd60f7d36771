"""How gunicorn serves the application. It reads this file from the folder it starts in.

The address comes from PORT and the number of processes from WEB_CONCURRENCY, both of which gunicorn reads itself.
Threads and patience are settings of the application (`.env.example`); docs/decisions/0001-server.md says why.
"""

import gc
import os
from typing import Any

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


def post_worker_init(_: Any) -> None:
    """What is loaded by now stays for good: collecting garbage leaves it out, which makes large batches a third
    quicker (https://docs.python.org/3/library/gc.html#gc.freeze)."""
    gc.collect()
    gc.freeze()
