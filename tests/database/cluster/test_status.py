"""How shards lie, and an organization that gets its own."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Engine

from app.database.cluster import status
from app.database.cluster.distribution import ClusterError
from app.database.cluster.status import Machine
from tests.database.cluster.conftest import calls

ORGANIZATION = UUID("01a22cf2-3fa5-7b28-a374-833e14e75d01")


def test_machines_sizes_and_skew(recording: Engine) -> None:
    with recording.connect() as connection:
        found = status.read(connection)
    assert found.machines == [Machine("one:5432", 2, 8_000_000), Machine("two:5432", 2, 2_000_000)]
    assert found.groups == [8_000_000, 2_000_000]
    assert found.skew == pytest.approx(1.6)
    assert (found.waiting, found.steps) == (0, 0)


def test_an_organization_is_isolated_with_all_that_lies_beside_its_wallet(recording: Engine) -> None:
    with recording.begin() as connection:
        assert status.isolate(connection, ORGANIZATION) == 102240
    assert calls(recording) == [f"isolate wallet {ORGANIZATION} CASCADE"]


def test_without_citus_there_is_nothing_to_show(plain: Engine) -> None:
    with plain.connect() as connection:
        with pytest.raises(ClusterError, match="hasn't the extension"):
            status.read(connection)
        with pytest.raises(ClusterError, match="hasn't the extension"):
            status.isolate(connection, ORGANIZATION)
