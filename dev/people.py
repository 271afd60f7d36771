"""Who can sign in to the demo. `flask demo load` creates them."""

from __future__ import annotations

PASSWORD = "paper-lantern-hill"  # noqa: S105 - everyone's, and printed on purpose
OWNER = "owner@harbor.example"
OPERATOR = "operator@voice-portal.example"
PEOPLE = {
    OWNER: "owner of Harbor Dental: calls in progress",
    "owner@pine.example": "owner of Pine Realty: low balance",
    "owner@atlas.example": "owner of Atlas Freight: calling is paused",
    "group@harbor.example": "owner of Harbor Dental and Pine Realty",
    "member@harbor.example": "of Harbor Dental, but no owner: sees no billing",
}
