"""The disk of the torture: full to the last byte, and free again; where it can't be mounted, it says why."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from torture.trouble.disk import Disk


def test_a_full_disk_takes_no_byte_more_until_it_is_free(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "disk")
    if disk.mount() is not None:
        return  # the torture leaves the disk alone there, and says so
    try:
        (disk.folder / "before").write_bytes(b"x" * 100_000)
        assert disk.fill()
        with pytest.raises(OSError, match="No space") as found:
            (disk.folder / "more").write_bytes(b"x" * 1_000_000)
        assert found.value.errno == errno.ENOSPC
        disk.free()
        (disk.folder / "more").write_bytes(b"x" * 1_000_000)
    finally:
        disk.unmount()


def test_where_it_can_not_be_mounted_it_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1_000)
    assert Disk(tmp_path / "disk").mount() == "mounting takes root"
    assert (tmp_path / "disk").is_dir()
