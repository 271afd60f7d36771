"""Which tables are everywhere, and which stay where they are. What else has an organization goes to its shard."""

from __future__ import annotations

from collections.abc import Mapping

KEY = "org_id"
"""The distribution column."""
FIRST = "wallet"
"""The table that all others lie beside: it is the lock for everything of an organization."""

REFERENCE: Mapping[str, str] = {
    "api_token": "read with the wallet in the one statement of a hold",
    "catalog_version": "plan terms refer to it",
    "external_identity": "memberships refer to it",
    "meter_group": "read with usage, by triggers too",
    "organization": "everything refers to it",
    "platform_endpoint": "deliveries refer to it",
    "user": "memberships and saved views refer to it",
}
"""Tables of which every machine has a copy, so that what refers to them or reads them stays on one machine."""

LOCAL: Mapping[str, str] = {
    "rejected_event": "of a sender, who may be none of an organization's; unique by sender",
    "sign_in_session": "found by its token before anyone knows the organization, and may have none",
}
"""Tables with an organization that stay on the coordinator, as all without one do."""
LIBRARIES = ("procrastinate_%", "alembic_version", "cluster_step")
"""Patterns of tables that are of libraries, or of the distribution itself: they stay as well."""


def is_distributed(table: str, columns: Mapping[str, bool]) -> bool:
    """Whether a table goes to shards: it has an organization in each row. `columns` say whether each may be null."""
    return table not in REFERENCE and table not in LOCAL and columns.get(KEY) is False
