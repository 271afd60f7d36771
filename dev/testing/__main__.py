"""Say whether the tests can run here, and what of them can't. `make test` asks before it starts."""

from __future__ import annotations

import sys

from dev.errors import ToolError
from dev.testing.browser import WITHOUT_FIREFOX, browser_path, firefox_path

try:
    browser_path()
    if firefox_path() is None:
        print(WITHOUT_FIREFOX)
except ToolError as error:
    sys.exit(str(error))
