"""A process that pays a top-up and nothing else, to be killed while it waits for Stripe's answer.

`python -m tests.support.pay_once ORGANIZATION TOP_UP CARD`, with the settings in the environment.
"""

from __future__ import annotations

import sys
from uuid import UUID

from app import create_app
from app.billing import topups
from app.billing.audit import Actor
from app.extensions import db
from app.models import Organization
from config import Settings
from tests.support.database import inside

if __name__ == "__main__":
    org_id, top_up_id, card_id = map(UUID, sys.argv[1:])
    with inside(create_app(Settings.from_environment())):
        topups.pay(db.session.get_one(Organization, org_id), top_up_id, card_id, Actor("owner"))
