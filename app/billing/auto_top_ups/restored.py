"""Whether what Stripe charged is known here: not between a restore of the database and the next comparison.

What was charged after the moment that it was restored to isn't in the wallet yet, so the same gap would be charged a
second time. So no card is charged without its owner until a comparison has ended that began since.
"""

from __future__ import annotations

from sqlalchemy import select

from app.database.history import CURRENT
from app.extensions import db
from app.models import ReconciliationRun

NOT_COMPARED = "not_compared"


def is_compared() -> bool:
    """Whether the last comparison that reached its end was made with this history of the database.

    Where there was none yet, or it didn't note that, nothing is known to be missing. One statement.
    """
    newest = (
        select((ReconciliationRun.database_history == CURRENT) | ReconciliationRun.database_history.is_(None))
        .where(ReconciliationRun.finished_at.is_not(None), ReconciliationRun.error.is_(None))
        .order_by(ReconciliationRun.id.desc())
        .limit(1)
    )
    return db.session.scalar(newest) is not False
