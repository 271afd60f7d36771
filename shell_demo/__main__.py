"""`python -m shell_demo --port 8002 --billing http://localhost:8000`. `make run` starts it."""

from __future__ import annotations

import argparse
import logging

from werkzeug.serving import make_server

from shell_demo.application import create_app
from shell_demo.people import PEOPLE


def main() -> None:
    """Serve until the program is ended."""
    options = argparse.ArgumentParser(prog="python -m shell_demo", description="A small Voice Portal.")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8002)
    options.add_argument("--billing", default="http://localhost:8000", help="the origin of Billing & wallet")
    chosen = options.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app = create_app(billing=chosen.billing, people=PEOPLE)
    make_server(chosen.host, chosen.port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
