"""Runs the checks side by side: one that fails, or never ends, hides no other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Thread

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.doctor.checks import database, mail, pages, replica, sign_in, stripe, work
from app.doctor.checks import settings as settings_check
from app.doctor.findings import Finding, Report, unknown
from app.doctor.installation import Installation, NotSetError
from app.doctor.secrets import redact
from app.payments.errors import PaymentsError

Check = Callable[[Installation], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "settings": settings_check.check,
    "database": database.check_reach,
    "role": database.check_role,
    "migrations": database.check_migrations,
    "clock": database.check_clock,
    "replica": replica.check,
    "stripe": stripe.check_key,
    "webhook": stripe.check_webhook,
    "catalog": stripe.check_catalog,
    "prices": stripe.check_prices,
    "events": work.check_events,
    "comparison": work.check_comparison,
    "mail": mail.check,
    "shell": sign_in.check_shell,
    "provider": sign_in.check_provider,
    "workers": work.check_workers,
    "queues": work.check_queues,
    "platform": work.check_platform,
    "pages": pages.check,
}
"""Each check by its name, in the order in which they are shown."""


@dataclass(slots=True)
class _Run:
    name: str
    found: list[Finding] = field(default_factory=list)
    ended: bool = False

    def do(self, check: Check, installation: Installation) -> None:
        try:
            for finding in check(installation):
                self.found.append(finding)
        except Exception as error:  # whatever it is: it may not keep the others from being shown
            self.found.append(_why(error))
        self.ended = True


def examine(installation: Installation, only: Sequence[str] = ()) -> list[Report]:
    """Run all checks, or `only` those of these names. It takes `installation.seconds` at most."""
    runs: list[tuple[_Run, Thread]] = []
    until = time.monotonic() + installation.seconds
    for name, check in CHECKS.items():
        if not only or name in only:
            run = _Run(name)
            # A daemon: one that never ends doesn't keep the command from ending.
            thread = Thread(target=run.do, args=(check, installation), name=f"check-{name}", daemon=True)
            thread.start()
            runs.append((run, thread))
    for _, thread in runs:
        thread.join(max(0.0, until - time.monotonic()))
    return [_report(run, installation) for run, _ in runs]


def _report(run: _Run, installation: Installation) -> Report:
    found = list(run.found)
    if not run.ended:
        found.append(unknown(f"This took longer than {installation.seconds:g} seconds.", "Try again."))
    told = (
        replace(
            one,
            text=redact(one.text, installation.settings),
            to_do=redact(one.to_do, installation.settings),
        )
        for one in found
    )
    return Report(run.name, tuple(told))


def _why(error: Exception) -> Finding:
    if isinstance(error, NotSetError):
        return unknown(str(error), "See the check `settings`.")
    if isinstance(error, DBAPIError | PoolTimeoutError):
        return unknown("The database can't be asked.", "See the checks `database`, `role` and `migrations`.")
    if isinstance(error, PaymentsError):
        return unknown(f"{error.for_operators}.", "See the check `stripe`.")
    first = str(error).partition("\n")[0]
    return unknown(f"This check failed: {type(error).__name__}: {first}", "Report it, with this line.")
