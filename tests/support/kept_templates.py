"""Compiled templates, kept for every application of a process and of those forked from it: each has an environment of
its own, and would compile again what an earlier one has compiled."""

from __future__ import annotations

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from app import create_app
from config import Settings

NOWHERE = {"APP_ENV": "test", "DATABASE_URL": "postgresql+psycopg:///nowhere"}
"""The settings of an application that is only to compile its templates."""


class _InMemory(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Compiled from the same source?"""
        checksum, code = self._kept.get(bucket.key, ("", b""))
        if checksum == bucket.checksum:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.checksum, bucket.bytecode_to_string()


def keep() -> None:
    """From now on, in every application that is made."""
    Flask.jinja_options = {"bytecode_cache": _InMemory()}


def compile_all() -> None:
    """Compile all templates of pages now, in a process from which others are forked."""
    templates = create_app(Settings.from_environment(NOWHERE)).jinja_env
    for name in templates.list_templates():
        # Emails have an environment of their own.
        if not name.startswith("mail/"):
            templates.get_template(name)
