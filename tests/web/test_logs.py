"""Structured logs."""

from __future__ import annotations

import structlog

from app.web import logs


def test_a_second_configuration_leaves_no_logger_behind() -> None:
    """A process that makes the application twice, as each test does, still has every logger say what it has to."""
    log = structlog.get_logger("billing.test")
    logs.configure("INFO", "text")
    log.info("first")
    logs.configure("INFO", "json")
    with structlog.testing.capture_logs() as lines:
        log.info("second")
    assert [line["event"] for line in lines] == ["second"]
