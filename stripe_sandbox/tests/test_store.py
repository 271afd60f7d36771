"""The store finds what lists ask for by an index, however many objects there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stripe_sandbox.store import Store


class Watched(Store):
    """Remembers how SQLite means to find what it was asked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.plan = ""

    def execute(self, query: str, *values: Any) -> list[Any]:
        if query.startswith("SELECT"):
            steps = super().execute(f"EXPLAIN QUERY PLAN {query}", *values)
            self.plan = " ".join(step[3] for step in steps)
        return super().execute(query, *values)


@pytest.mark.parametrize(
    ("kind", "where", "index"),
    [
        ("payment_intent", {}, "object_kind"),
        ("payment_intent", {"customer": "cus_1"}, "object_customer"),
        ("refund", {"payment_intent": "pi_1"}, "object_intent"),
        ("refund", {"charge": "ch_1"}, "refund_charge"),
        ("dispute", {"charge": "ch_1"}, "dispute_charge"),
        ("balance_transaction", {"source": "re_1"}, "movement_source"),
        ("event", {"type": "refund.failed"}, "event_type"),
    ],
)
def test_a_list_is_read_by_an_index(tmp_path: Path, kind: str, where: dict[str, Any], index: str) -> None:
    store = Watched(tmp_path / "state.db")
    for after in (None, 5):
        store.page(kind, where, created={}, after=after, before=None, limit=11)
        assert f"object USING INDEX {index}" in store.plan
