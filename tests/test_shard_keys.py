"""Which statements say for which organization they are: what would be read by one machine of a cluster."""

from __future__ import annotations

import pytest

from tests.support import crossing
from tests.support.issued import Issued
from tests.support.shard_keys import locks_several, unbound

TABLES = frozenset({"wallet", "hold", "transfer"})

BOUND = [
    "SELECT * FROM wallet WHERE org_id = %s",
    "SELECT * FROM wallet w WHERE w.org_id = ANY (%(ids)s::uuid[]) AND state = 'low'",
    "SELECT * FROM wallet WHERE org_id IN (%s, %s)",
    "SELECT * FROM wallet JOIN hold USING (org_id) WHERE wallet.org_id = %s",
    "SELECT * FROM wallet w JOIN hold h ON h.org_id = w.org_id AND h.id = %s WHERE h.org_id = %s",
    "SELECT * FROM organization o JOIN wallet w ON w.org_id = o.id WHERE o.id = %s",
    "SELECT * FROM unnest(%s::uuid[]) AS asked (org_id) JOIN wallet USING (org_id)",
    "SELECT * FROM wallet WHERE (org_id, last_seq) IN (SELECT a, b FROM unnest(%s, %s) AS c (a, b))",
    "WITH due AS (SELECT org_id FROM wallet WHERE org_id = %s) SELECT * FROM hold JOIN due USING (org_id)",
    "SELECT (SELECT count(*) FROM hold h WHERE h.org_id = w.org_id) FROM wallet w WHERE w.org_id = %s",
    "INSERT INTO hold (org_id, id) SELECT org_id, id FROM unnest(%s::uuid[], %s::uuid[]) AS fresh (org_id, id)",
    "UPDATE wallet SET state = 'low' FROM unnest(%s::uuid[]) AS fresh (org_id) WHERE wallet.org_id = fresh.org_id",
    "DELETE FROM hold WHERE org_id = %s AND id IN (SELECT id FROM hold WHERE org_id = %s LIMIT 5)",
    "SELECT * FROM wallet WHERE false",
    "SELECT * FROM organization",
]
UNBOUND = [
    ("SELECT * FROM wallet", ["wallet"]),
    ("SELECT * FROM wallet WHERE org_id = %s OR state = 'low'", ["wallet"]),
    ("SELECT * FROM wallet WHERE org_id <> %s", ["wallet"]),
    ("SELECT * FROM wallet JOIN hold USING (org_id)", ["hold", "wallet"]),
    ("SELECT * FROM wallet JOIN hold ON hold.id = %s WHERE wallet.org_id = %s", ["hold"]),
    ("SELECT * FROM organization o JOIN wallet w ON w.org_id = o.id WHERE o.slug = %s", ["wallet"]),
    ("DELETE FROM hold WHERE id = %s", ["hold"]),
    ("WITH gone AS (DELETE FROM hold WHERE id = %s RETURNING org_id) SELECT * FROM gone", ["hold"]),
    ("INSERT INTO hold (id) VALUES (%s)", ["hold"]),
    ("UPDATE wallet SET state = %s WHERE org_id IN (SELECT org_id FROM hold)", ["hold"]),
    ("SELECT org_id FROM hold UNION SELECT org_id FROM transfer WHERE org_id = %s", ["hold"]),
]


@pytest.mark.parametrize("text", BOUND)
def test_it_says_for_which(text: str) -> None:
    assert unbound(text, TABLES) == []


@pytest.mark.parametrize(("text", "tables"), UNBOUND)
def test_it_does_not(text: str, tables: list[str]) -> None:
    assert unbound(text, TABLES) == tables


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("SELECT 1 FROM wallet WHERE org_id = %s FOR UPDATE", []),
        ("SELECT 1 FROM wallet WHERE org_id = ANY (%s) ORDER BY org_id FOR UPDATE", ["wallet"]),
        ("SELECT 1 FROM wallet WHERE org_id = ANY (%s)", []),
    ],
)
def test_rows_of_several_are_locked(text: str, tables: list[str]) -> None:
    assert locks_several(text, TABLES) == tables


def test_a_function_that_is_listed_may_and_another_may_not() -> None:
    known = "app/billing/wallet/holds.py::find_expired"
    assert known in crossing.allowed()
    statements = [Issued("SELECT org_id FROM hold", by) for by in (known, "app/billing/new.py::find")]
    (found,) = crossing.find(iter(statements), crossing.distributed(), crossing.allowed())
    assert found.startswith("app/billing/new.py::find: hold: SELECT")


def test_every_listed_function_says_why() -> None:
    assert all(crossing.allowed().values())
