"""A process that does what auto top-up has to do for one organization, to be killed while it waits for Stripe's answer.

`python -m tests.support.top_up_once ORGANIZATION`, with the settings in the environment.
"""

from __future__ import annotations

import sys
from uuid import UUID

from app import create_app
from app.billing.auto_top_ups import proceeding
from config import Settings
from tests.support.database import inside

if __name__ == "__main__":
    with inside(create_app(Settings.from_environment())):
        proceeding.proceed(UUID(sys.argv[1]))
