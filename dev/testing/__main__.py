"""Say whether the tests can run here, and what of them can't. `make test` asks before it starts."""

from __future__ import annotations

import sys

from dev.errors import ToolError
from dev.testing.browser import browser_path, left_out

try:
    browser_path()
    for said in left_out().values():
        print(said)
except ToolError as error:
    sys.exit(str(error))
