"""`python -m dev.upkeep audit`, or `secret-scan`, `licenses`, `sbom`."""

from __future__ import annotations

import sys

from dev.errors import ToolError
from dev.upkeep import audit, licenses, sbom, secret_scan
from dev.upkeep.outcome import UNABLE

TASKS = {"audit": audit.main, "secret-scan": secret_scan.main, "licenses": licenses.main, "sbom": sbom.main}

if __name__ == "__main__":
    try:
        sys.exit(TASKS[sys.argv[1]]())
    except ToolError as error:
        print(error, file=sys.stderr)
        sys.exit(UNABLE)
