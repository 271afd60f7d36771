"""`make reset-demo`: forget the demo's data, so that the next `make run` loads it again."""

from __future__ import annotations

import shutil
import sys

from dev.data_folder import held
from dev.demo import ROOT
from dev.errors import ToolError


def main() -> int:
    """Remove the data folder, unless `make run` uses it. Returns the exit code."""
    data = ROOT / ".data"
    try:
        with held(data):
            shutil.rmtree(data)
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    print("The demo's data is gone. `make run` loads it again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
