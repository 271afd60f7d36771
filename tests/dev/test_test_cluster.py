"""A test run cleans up after the ones that were killed, and leaves those that still go on alone."""

import pytest

from dev.data_folder import held
from dev.testing.cluster import remove_abandoned
from dev.testing.prepared import PREFIX


@pytest.fixture(autouse=True)
def folder_for_temporary_files(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def a_folder(tmp_path, name):
    folder = tmp_path / name
    (folder / "postgres").mkdir(parents=True)
    (folder / "lock").touch()
    return folder


def test_what_a_killed_run_left_is_removed(tmp_path):
    left = a_folder(tmp_path, f"{PREFIX}killed")
    remove_abandoned()
    assert not left.exists()


def test_a_run_that_goes_on_is_left_alone(tmp_path):
    other = a_folder(tmp_path, f"{PREFIX}running")
    with held(other):
        remove_abandoned()
        assert other.exists()


def test_folders_of_others_are_left_alone(tmp_path):
    other = a_folder(tmp_path, "someone-elses")
    remove_abandoned()
    assert other.exists()
