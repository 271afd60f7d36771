"""What the person at the terminal sees when a run ends, and what it leaves."""

import fcntl
from contextlib import contextmanager

import pytest

from demo import companies
from demo.history import loading
from dev import demo, people, run
from dev.data_folder import held
from dev.errors import ToolError
from dev.processes import Ended
from dev.welcome import welcome


@pytest.fixture(autouse=True)
def no_signals(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "end_on_signals", lambda: None)
    monkeypatch.setattr(demo, "read_plan", lambda: a_plan(tmp_path))
    monkeypatch.setattr(demo, "with_free_ports", lambda plan: plan)


def a_plan(folder):
    return demo.Plan(
        environment={},
        data=folder,
        host="127.0.0.1",
        port=8100,
        sandbox_port=8101,
        shell_port=8102,
        shell_port_is_set=False,
        embedded_database=True,
    )


def running(monkeypatch, *, ends_with):
    """Stand in for the programs; what ends the run is an exception or the program that ended."""

    @contextmanager
    def started(_plan, group):
        monkeypatch.setattr(group, "first_to_end", wait)
        yield {}

    def wait():
        if isinstance(ends_with, BaseException):
            raise ends_with
        return ends_with

    monkeypatch.setattr(demo, "running", started)


def test_ctrl_c_ends_it_quietly(monkeypatch, capsys):
    running(monkeypatch, ends_with=KeyboardInterrupt())
    assert run.main() == 0
    assert capsys.readouterr().err == ""


def test_a_program_that_ended_is_named(monkeypatch, capsys):
    running(monkeypatch, ends_with=Ended("worker", 3))
    assert run.main() == 1
    assert "worker ended by itself with exit code 3" in capsys.readouterr().err


def test_what_went_wrong_is_said_without_a_traceback(monkeypatch, capsys):
    running(monkeypatch, ends_with=ToolError("`flask db upgrade` failed: no such table"))
    assert run.main() == 1
    assert capsys.readouterr().err == "\n`flask db upgrade` failed: no such table\n"


def test_a_second_run_in_the_folder_is_refused(monkeypatch, capsys, tmp_path):
    running(monkeypatch, ends_with=KeyboardInterrupt())
    with held(tmp_path):
        assert run.main() == 1
    assert "already" in capsys.readouterr().err


def test_the_folder_is_free_again_after_a_run(monkeypatch, tmp_path):
    running(monkeypatch, ends_with=ToolError("broken"))
    run.main()
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_welcome_says_where_and_who(tmp_path):
    said = welcome(a_plan(tmp_path))
    assert "http://localhost:8100/billing" in said
    assert "owner@harbor.example" in said
    assert "paper-lantern-hill" in said
    assert "http://localhost:8101" in said
    assert "http://127.0.0.1:8102" in said
    assert "Ctrl-C" in said


def test_the_welcome_names_everybody_in_the_demo():
    assert set(people.PEOPLE) == {email for email, _name, _seats in companies.PEOPLE}
    assert people.PASSWORD == loading.PASSWORD
