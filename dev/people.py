"""Who can sign in to the demo. `flask demo load` creates them."""

from __future__ import annotations

PASSWORD = "voice-portal-demo"  # noqa: S105 - everybody's, and printed on purpose
OWNER = "owner@harbor.example"
