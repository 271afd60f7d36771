"""The addresses that a running demo leaves in its data folder, so that every command of the checkout finds it.

Anyone who runs the demo has the folder's lock for as long as it runs, and the system takes it from one that is
killed: notes without a lock are of a demo that has ended.
"""

from __future__ import annotations

import fcntl
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from environ import SettingsError

LOCK = "lock"


class StaleNotesError(Exception):
    """The notes are of a demo that has ended without removing them."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Each in a file of its name (`database-url`, `public-url` …); None where the demo has no such thing of its own.

    `stripe_id` is what its stand-in for Stripe says when it is asked who it is.
    """

    database_url: str | None = None
    database_owner_url: str | None = None
    public_url: str | None = None
    stripe_url: str | None = None
    stripe_id: str | None = None


def files(folder: Path) -> dict[str, Path]:
    """Where each note is."""
    return {one.name: folder / one.name.replace("_", "-") for one in fields(Notes)}


def leave(folder: Path, **notes: str | None) -> None:
    """Leave notes, which may come one after the other."""
    for name, value in notes.items():
        if value is not None:
            files(folder)[name].write_text(f"{value}\n")


def remove(folder: Path) -> None:
    """Remove all notes."""
    for file in files(folder).values():
        file.unlink(missing_ok=True)


def read(folder: Path) -> Notes:
    """The notes of the demo that runs on the folder; empty where none does. Raises `StaleNotesError`."""
    found: dict[str, str] = {}
    for name, file in files(folder).items():
        with suppress(FileNotFoundError):
            found[name] = file.read_text().strip()
    if found and not is_running(folder):
        raise StaleNotesError(
            f"The demo that left its addresses in {folder} is not running any more. Start it with `make run`."
        )
    return Notes(**found)


def is_running(folder: Path) -> bool:
    """Whether a demo has the folder."""
    try:
        with (folder / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def left(folder: Path) -> Notes | None:
    """What the demo that runs on the folder has left; None where it has ended and left it."""
    try:
        return read(folder)
    except StaleNotesError:
        return None


def database_url(notes: Notes | None) -> str:
    """The address of the demo's embedded PostgreSQL; `notes` is None where they are of a demo that has ended."""
    if notes is None:
        raise SettingsError(
            "DATABASE_URL is not set, and the demo that left its addresses in the data folder is not running any "
            "more. Start it with `make run` in another terminal, or set DATABASE_URL."
        )
    if notes.database_url is not None:
        return notes.database_url
    raise SettingsError(
        "DATABASE_URL is not set and the embedded PostgreSQL is not running. "
        "Start it with `make run` in another terminal, or set DATABASE_URL."
    )
