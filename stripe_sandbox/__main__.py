"""`stripe-sandbox`, or `python -m stripe_sandbox`: serve the stand-in until it is stopped."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType

from werkzeug.serving import make_server

from stripe_sandbox.app import create_app
from stripe_sandbox.kept_connections import KeptConnections
from stripe_sandbox.settings import Settings


def main() -> None:
    """Serve at the address that the environment names."""
    settings = Settings.from_environment()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(settings)
    server = make_server(settings.host, settings.port, app, threaded=True, request_handler=KeptConnections)
    signal.signal(signal.SIGTERM, _stop)
    sys.stderr.write(f"Stripe's stand-in is at {settings.public_url}\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _stop(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
