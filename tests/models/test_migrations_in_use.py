"""No migration stops an installation in use: no lock that others wait behind, nothing gone that the version before
still needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask_migrate import upgrade

from config import ROOT
from tests.support.migrated import found, recorded, removed, script
from tests.support.own_database import on_its_own

FIRST = "0027"
"""Those before it are older than the way in which tables in use are changed (`app.database.in_use`)."""

_LOOSENED = "dropped and added in one statement, and lets through more than before"
_BEGUN_AGAIN = "what was left of it half made is dropped first"

ACCEPTED: dict[str, dict[str, str]] = {
    "0037": {"prefer-robust-stmts": _BEGUN_AGAIN},
    "0039": {"adding-field-with-default": "a random id for each session, of which there are few"},
    "0042": {
        "ban-drop-constraint": _LOOSENED,
        "constraint-missing-not-valid": "challenges of passkeys last minutes, so there are few",
    },
    "0043": {"ban-drop-constraint": "only where it was left half made"},
    "0048": {
        "prefer-robust-stmts": _BEGUN_AGAIN,
        "require-concurrent-index-creation": "the whole of a partitioned table has no rows (`in_use.index_partitions`)",
        "require-concurrent-index-deletion": "as above",
    },
    "0049": {"ban-drop-constraint": _LOOSENED, "prefer-robust-stmts": _BEGUN_AGAIN},
    "0052": {"ban-drop-constraint": "only where it was left half made"},
    "0055": {"prefer-robust-stmts": _BEGUN_AGAIN},
    "0056": {"prefer-robust-stmts": _BEGUN_AGAIN},
    "0058": {"ban-drop-constraint": "only where it was left half made"},
    "0065": {
        "ban-drop-constraint": "narrower ones take their place in one statement, and no statement names them",
        "prefer-robust-stmts": _BEGUN_AGAIN,
    },
    "0067": {"prefer-robust-stmts": _BEGUN_AGAIN},
    "0070": {"prefer-robust-stmts": _BEGUN_AGAIN},
    "0072": {
        "ban-drop-constraint": "an index of the same beginning is there before, and no statement names the key",
        "prefer-robust-stmts": _BEGUN_AGAIN,
        "require-concurrent-index-creation": "the whole of a partitioned table has no rows (`in_use.index_partitions`)",
        "require-concurrent-index-deletion": "as above",
    },
    "0073": {"prefer-robust-stmts": _BEGUN_AGAIN},
}
"""By migration: which rule it breaks, and why no one waits for it, or did."""


_ONLY_SPEED = "no statement names an index, and another one finds the same rows"

REMOVED: dict[str, dict[str, str]] = {
    "0027": dict.fromkeys(
        ("audit_event_is_append_only", "transfer_is_append_only"),
        "`append_only` refuses the same in its place",
    ),
    "0042": {"ck_passkey_challenge_ck_passkey_challenge_challengepurpose": _LOOSENED},
    "0048": {"ix_usage_event_posted": _ONLY_SPEED},
    "0065": {
        "ix_hold_lease": _ONLY_SPEED,
        "uq_transfer_org_id_seq": "it is the primary key from then on",
        "uq_transfer_org_id_kind_source": "uq_transfer_cause refuses the same but for usage, which events keep apart",
    },
    "0072": {
        "pk_usage_event": "`usage_digest` keeps events apart, and ix_usage_event_at begins with the same columns"
    },
}
"""By migration: what it takes away, and why the version before doesn't use it any more."""


@pytest.fixture(scope="module")
def statements(process_name: str) -> dict[str, list[tuple[bool, str]]]:
    with recorded() as said, on_its_own(f"migrated_{process_name}", template=None):
        upgrade()
    return {revision: found for revision, found in said.items() if found and revision >= FIRST}


def test_no_migration_makes_others_wait(
    statements: dict[str, list[tuple[bool, str]]], tmp_path: Path
) -> None:
    asked = {revision: script(found) for revision, found in statements.items()}
    assert len(asked) > 30
    expected = {revision: set(rules) for revision, rules in ACCEPTED.items()}
    assert found(asked, tmp_path) == expected


def test_no_migration_takes_away_what_the_version_before_uses(
    statements: dict[str, list[tuple[bool, str]]],
) -> None:
    """That goes in a later version than the one that stops using it. `make upgrade-rehearsal` runs both."""
    taken = {revision: names for revision, found in statements.items() if (names := removed(found))}
    assert taken == {revision: set(names) for revision, names in REMOVED.items()}


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE wallet DROP COLUMN version",
        'ALTER TABLE wallet DROP COLUMN IF EXISTS "version"',
        "ALTER TABLE wallet RENAME COLUMN version TO edition",
        "ALTER TABLE wallet ADD COLUMN edition bigint, DROP CONSTRAINT version",
        "DROP INDEX CONCURRENTLY IF EXISTS version",
        "ALTER TABLE version RENAME TO edition",
        "SET lock_timeout = '2s'; DROP TRIGGER IF EXISTS version ON wallet",
        "DROP FUNCTION version(uuid)",
        "DROP TABLE version",
        "ALTER TYPE state RENAME VALUE version TO edition",
    ],
)
def test_what_is_taken_away_is_found(statement: str) -> None:
    assert removed([(True, statement)]) == {"version"}
    again = "CREATE OR REPLACE TRIGGER version AFTER INSERT ON wallet EXECUTE FUNCTION f()"
    assert removed([(True, statement), (True, again)]) == set()


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("CREATE INDEX ix_transfer_amount ON transfer (amount_micro)", "require-concurrent-index-creation"),
        ("DROP INDEX ix_transfer_amount", "require-concurrent-index-deletion"),
        ("ALTER TABLE wallet ADD COLUMN floor bigint NOT NULL", "adding-required-field"),
        ("ALTER TABLE wallet ALTER COLUMN version SET NOT NULL", "adding-not-nullable-field"),
        ("ALTER TABLE wallet ALTER COLUMN version TYPE numeric", "changing-column-type"),
        ("ALTER TABLE wallet DROP COLUMN version", "ban-drop-column"),
        ("ALTER TABLE wallet RENAME COLUMN version TO edition", "renaming-column"),
        ("ALTER TABLE wallet RENAME TO balance", "renaming-table"),
        ("DROP TABLE wallet", "ban-drop-table"),
        ("ALTER TABLE wallet ADD CONSTRAINT ck CHECK (version > 0)", "constraint-missing-not-valid"),
        ("ALTER TABLE wallet ADD CONSTRAINT uq UNIQUE (version)", "disallowed-unique-constraint"),
        (
            "ALTER TABLE hold ADD CONSTRAINT fk FOREIGN KEY (org_id) REFERENCES wallet (org_id)",
            "adding-foreign-key-constraint",
        ),
    ],
)
@pytest.mark.parametrize("is_alone", [True, False], ids=["alone", "with others"])
def test_what_would_make_others_wait_is_found(
    tmp_path: Path, statement: str, rule: str, is_alone: bool
) -> None:
    assert rule in found({"9999": script([(is_alone, statement)])}, tmp_path)["9999"]


def test_what_a_trigger_writes_has_its_rights_before_the_trigger_is_there() -> None:
    """The version before writes through it while the migration still runs; the rights of all that is new come at its
    end, and until then it would be answered 500."""
    lacking = []
    for path in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        code = path.read_text()
        if int(path.name[:4]) < 71 or "CREATE OR REPLACE TRIGGER" not in code:
            continue
        made = set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", code))
        for table in made & set(re.findall(r"INSERT INTO (\w+)", code)):
            upgrade = code[code.index("def upgrade") :]
            if f"ON {table} TO" not in code or upgrade.index("_RIGHTS") > upgrade.index("_TRIGGER"):
                lacking.append((path.name, table))
    assert lacking == []
