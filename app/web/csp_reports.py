"""`POST /csp-reports`: browsers report violations of the Content-Security-Policy, which are logged."""

from __future__ import annotations

from dataclasses import asdict

import structlog
from flask import Blueprint, Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.extensions import csrf, limiter
from app.web import pools, violations
from app.web.content_security_policy import REPORTS

log = structlog.get_logger("billing.csp")
blueprint = Blueprint("csp_reports", __name__)

LARGEST = 16 * 1024


def init_app(app: Flask) -> None:
    """Register the endpoint. Browsers send reports on their own, so there is no form token."""
    app.register_blueprint(blueprint)
    pools.set_body_limit(app, "csp_reports.receive", LARGEST)
    csrf.exempt(blueprint)


@blueprint.post(REPORTS)
@limiter.limit("60 per minute")
def receive() -> tuple[str, int]:
    """Log a report: 204, or 400 for an invalid and 413 for a too long one."""
    request.max_content_length = LARGEST
    try:
        reported = violations.read(request.mimetype, request.get_data(cache=False))
    except RequestEntityTooLarge:
        return "", 413
    except violations.UnreadableError:
        log.debug("csp_report_unreadable", content_type=request.mimetype[:80])
        return "", 400
    for violation in reported:
        # Browser extensions violate the policy, too, and we can't fix that.
        note = log.debug if violation.of_extension else log.warning
        note("csp_violation", **{name: value for name, value in asdict(violation).items() if value})
    return "", 204
