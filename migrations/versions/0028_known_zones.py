"""Zones that the database doesn't know, or reads as an abbreviation without summer time, leave organizations.

Pages of the first failed, and none could change it: they go by UTC. The second go by the place that the IANA database
links the name to, whose days they were posted by all along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

PLACES = {
    "CET": "Europe/Brussels",
    "EET": "Europe/Athens",
    "EST": "America/Panama",
    "HST": "Pacific/Honolulu",
    "MET": "Europe/Brussels",
    "MST": "America/Phoenix",
    "WET": "Europe/Lisbon",
}


def upgrade():
    organization = sa.table("organization", sa.column("timezone"))
    for name, place in PLACES.items():
        op.execute(organization.update().where(organization.c.timezone == name).values(timezone=place))
    op.execute(
        """
        UPDATE organization SET timezone = 'UTC'
        WHERE timezone IN ('Factory', 'localtime', 'posixrules') OR timezone LIKE 'posix/%' OR timezone LIKE 'right/%'
            OR timezone NOT IN (SELECT name FROM pg_timezone_names)
        """
    )


def downgrade():
    """What they had can't be told from what they have, which is right for the code before, too."""
