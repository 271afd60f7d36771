"""Messages to the platform: what is said to be delivered has arrived, and none waits or was dropped."""

from __future__ import annotations

from collections.abc import Mapping

from torture.checks import Database
from torture.journal import Journal
from torture.trouble.receivers import Receiver

DELIVERED = """
SELECT 'msg_' || replace(delivery.message_id::text, '-', '') FROM platform_delivery delivery
JOIN platform_endpoint endpoint ON endpoint.id = delivery.endpoint_id
WHERE delivery.state = 'delivered' AND endpoint.url = %s"""
UNSENT = """
SELECT count(*) FROM platform_message message CROSS JOIN platform_endpoint endpoint
WHERE NOT EXISTS (SELECT 1 FROM platform_delivery delivery
                  WHERE delivery.message_id = message.id AND delivery.endpoint_id = endpoint.id)"""


def check(database: Database, receivers: Mapping[str, Receiver], journal: Journal) -> None:
    """Beside what each receiver has, message by message."""
    with database.connect() as connection:
        for name, receiver in receivers.items():
            rows = connection.execute(DELIVERED, [receiver.url]).fetchall()
            lost = sorted(str(row[0]) for row in rows if str(row[0]) not in receiver.ids)
            if lost:
                journal.found(
                    "message lost",
                    f"{len(lost)} of {len(rows)} delivered to {name} never arrived, like {lost[0]}",
                )
            journal.note(
                f"{receiver.messages} messages to the {name} receiver, {len(receiver.ids)} different."
            )
        row = connection.execute(UNSENT).fetchone()
        if row and row[0]:
            journal.found("message lost", f"{row[0]} messages have no delivery")
