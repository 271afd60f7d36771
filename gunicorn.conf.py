"""How gunicorn serves the pages. It reads this file from the folder it starts in.

The address comes from PORT and the number of processes from WEB_CONCURRENCY, both of which gunicorn reads itself.
"""

import os

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
