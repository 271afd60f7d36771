"""Addresses of PostgreSQL mean the same to operators, SQLAlchemy and libpq, also where they name several servers."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from config import Settings
from database_addresses import conninfo, problem, readable
from environ import SettingsError
from tests.test_settings import PRODUCTION

SEVERAL = "postgresql+psycopg://app:s%40x@one:5432,two:5433,three/billing?target_session_attrs=read-write&sslmode=require"
ADDRESSES = [
    SEVERAL,
    "postgresql+psycopg://app@one,two/billing",
    "postgresql+psycopg://app:pw@one:5433/billing?sslmode=require",
    "postgresql+psycopg://app@[::1]:5433/billing",
    "postgresql+psycopg://app@/billing?host=%2Frun%2Fpg",
    "postgresql+psycopg://app@/billing?host=%2Frun%2Fa&host=%2Frun%2Fb&target_session_attrs=primary",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_libpq_reads_the_same_from_both_forms(address: str) -> None:
    found = conninfo_to_dict(conninfo(readable(address)))
    if "host=" not in address:
        assert found == conninfo_to_dict(address.replace("+psycopg", "", 1))
    assert found["user"] == "app" and found["dbname"] == "billing"
    assert make_url(readable(address)).database == "billing"
    assert readable(readable(address)) == readable(address)


def test_sockets_of_several_servers_are_kept_apart() -> None:
    assert conninfo_to_dict(conninfo(ADDRESSES[-1]))["host"] == "/run/a,/run/b"


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgresql://app@one/billing", "must start with"),
        ("postgresql+psycopg://app@one,two/billing", "target_session_attrs=read-write"),
        (
            "postgresql+psycopg://app@one,two/billing?target_session_attrs=any",
            "target_session_attrs=read-write",
        ),
        ("postgresql+psycopg://app@[::1]:5432,two/billing?target_session_attrs=primary", "IPv6"),
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused_by_its_name(
    name: str, address: str, why: str
) -> None:
    with pytest.raises(SettingsError, match=f"{name} .*{why}"):
        Settings.from_environment(PRODUCTION | {name: address})


def test_a_replica_may_be_any_of_several_but_not_the_primary() -> None:
    several = {"DATABASE_REPLICA_URL": "postgresql+psycopg://app@one,two/billing"}
    settings = Settings.from_environment(PRODUCTION | {"DATABASE_URL": SEVERAL} | several)
    assert make_url(settings.database_url).query["host"] == ("one:5432", "two:5433", "three")
    assert make_url(settings.database_replica_url).query["host"] == ("one", "two")
    with pytest.raises(SettingsError, match="DATABASE_REPLICA_URL is the same"):
        Settings.from_environment(PRODUCTION | {"DATABASE_REPLICA_URL": PRODUCTION["DATABASE_URL"]})
    assert problem("DATABASE_REPLICA_URL", several["DATABASE_REPLICA_URL"], writes=False) is None
