"""On a machine that lacks something, `make` says what to install."""

import os
import subprocess
import sys

import pytest

from dev.demo import ROOT


@pytest.fixture
def machine(tmp_path):
    """A folder to run the script in, with the programs that the machine has."""
    (tmp_path / "bin").mkdir()
    return tmp_path


def install(machine, name, script):
    program = machine / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def run(machine):
    return subprocess.run(
        ["/bin/sh", ROOT / "dev" / "venv.sh"],
        cwd=machine,
        env={"PATH": str(machine / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_python_it_says_what_to_install(machine):
    install(machine, "python3", "exit 1")  # too old
    done = run(machine)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed: apt-get install python3 python3-venv" in done.stderr


def test_without_the_venv_module_it_names_the_package(machine):
    without = f'case "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"'
    install(machine, "python3", without)
    done = run(machine)
    assert done.returncode == 1
    assert "apt-get install python3." in done.stderr
    assert "-venv" in done.stderr


@pytest.mark.long
def test_the_first_that_is_new_enough_is_used(machine):
    install(machine, "python3", "exit 1")
    install(machine, "python3.12", f'exec {sys.executable} "$@"')
    done = run(machine)
    assert done.returncode == 0, done.stderr
    assert os.access(machine / ".venv" / "bin" / "python", os.X_OK)
    assert run(machine).stdout == ""
