"""What a reconciliation run records, and when it has to stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from app.billing.topups import PaymentMismatchError
from app.extensions import db
from app.money import CurrencyMismatchError
from app.payments.errors import NotDoneError, OutcomeUnknownError, RefusedError
from app.transaction import end_reading
from app.web.database import is_unavailable

log = structlog.get_logger("billing.reconciliation")

_IN_A_ROW = 3
"""After this many objects in a row without a response, Stripe counts as unavailable."""


class Report:
    """What was compared, by kind; what was fixed, and what needs attention, by Stripe's ids."""

    def __init__(self) -> None:
        self.checked: Counter[str] = Counter()
        self.fixed: dict[str, str] = {}
        self.findings: dict[str, str] = {}
        self._unanswered = 0

    def fix(self, object_id: str, text: str) -> None:
        """Record a fix."""
        log.warning("reconciliation_fixed", object=object_id, text=text)
        self.fixed[object_id] = text

    def find(self, object_id: str, text: str) -> None:
        """Record a finding; a second one about the same object is appended to the first."""
        log.error("reconciliation_finding", object=object_id, text=text)
        said = self.findings.get(object_id, "")
        self.findings[object_id] = said if text in said else f"{said} {text}".strip()

    @contextmanager
    def about(self, kind: str, object_id: str) -> Iterator[None]:
        """Isolate the comparison of one object, so that an error doesn't affect the others.

        Fixes are committed by what makes them. Raises errors that mean Stripe or the database is unavailable.
        """
        self.checked[kind] += 1
        try:
            yield
            end_reading()
            self._unanswered = 0
        except NotDoneError:
            raise
        except OutcomeUnknownError as error:
            db.session.rollback()
            self._unanswered += 1
            if self._unanswered >= _IN_A_ROW:
                raise
            self.find(object_id, f"Stripe gave no usable answer about {object_id} ({error}).")
        except (PaymentMismatchError, CurrencyMismatchError, RefusedError) as error:
            db.session.rollback()
            self.find(object_id, str(error))
        except Exception as error:
            db.session.rollback()
            if is_unavailable(error):
                raise
            log.exception("reconciliation_failed", object=object_id)
            self.find(object_id, f"{object_id} could not be compared ({type(error).__name__}): see the log.")
