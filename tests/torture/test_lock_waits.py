"""PostgreSQL's log says whether a table or a row was waited for, phase by phase."""

from __future__ import annotations

from pathlib import Path

from torture.rehearsal.lock_waits import Watch, counted
from torture.rehearsal.traffic import Figures

OF_A_TABLE = """\
2026-11-30 18:00:00.000 UTC [41] LOG:  process 41 still waiting for AccessShareLock on relation 16521 of database 16384 after 200.112 ms
2026-11-30 18:00:00.000 UTC [41] DETAIL:  Process holding the lock: 40. Wait queue: 41.
2026-11-30 18:00:00.500 UTC [41] LOG:  process 41 acquired AccessShareLock on relation 16521 of database 16384 after 700.000 ms
"""
OF_A_ROW = """\
2026-11-30 18:00:01.000 UTC [42] LOG:  process 42 still waiting for ShareLock on transaction 812 after 200.009 ms
2026-11-30 18:00:01.000 UTC [43] LOG:  process 43 still waiting for ExclusiveLock on tuple (0,7) of relation 16700 of database 16384 after 200.4 ms
2026-11-30 18:00:02.500 UTC [43] ERROR:  canceling statement due to lock timeout
"""


def test_tables_and_rows_are_told_apart() -> None:
    assert counted(OF_A_TABLE) == {"AccessShareLock on relation": 1, "given up": 0}
    assert counted(OF_A_ROW) == {
        "ShareLock on transaction": 1,
        "ExclusiveLock on tuple": 1,
        "given up": 1,
    }


def test_each_phase_has_what_was_waited_for_in_it(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("2026-11-30 17:59:59.000 UTC [1] LOG:  database system is ready to accept connections\n")
    figures = Figures()
    figures.waits = Watch(log).since_last
    figures.begin("before")
    figures.begin("upgrade")
    with log.open("a") as file:
        file.write(OF_A_TABLE)
    figures.begin("after")
    with log.open("a") as file:
        file.write(OF_A_ROW + OF_A_ROW)
    figures.end()
    assert [phase.waits for phase in figures.phases] == [
        "",
        "1 times AccessShareLock on relation",
        "2 times ShareLock on transaction, 2 times ExclusiveLock on tuple, 2 times given up",
    ]
