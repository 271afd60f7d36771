"""Say whether the tests can run here. `make test` asks before it starts."""

from __future__ import annotations

import sys

from dev.errors import ToolError
from dev.testing.browser import browser_path

try:
    browser_path()
except ToolError as error:
    sys.exit(str(error))
