"""How gunicorn serves the pages. It reads this file from the folder it starts in.

The address comes from PORT and the number of processes from WEB_CONCURRENCY, both of which gunicorn reads itself.
"""

import gc
import os
from typing import Any

workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
# Behind a proxy that keeps connections for a minute, we must not be the first to close one.
keepalive = 75
# A person waits for an answer at most this long; a deployment waits for it as long.
timeout = 30
graceful_timeout = 10
control_socket_disable = True
reload = os.environ.get("FLASK_DEBUG", "0").lower() not in {"", "0", "false", "no", "off"}


def post_worker_init(_: Any) -> None:
    """What is loaded by now stays for good: collecting garbage leaves it out, which makes large batches a third
    quicker (https://docs.python.org/3/library/gc.html#gc.freeze)."""
    gc.collect()
    gc.freeze()
