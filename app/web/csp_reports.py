"""`POST /csp-reports`: browsers tell what the Content-Security-Policy stopped, and the log has a line for each."""

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
    """Register the endpoint. Browsers send reports by themselves, so there is no form and no token."""
    app.register_blueprint(blueprint)
    pools.set_body_limit(app, "csp_reports.receive", LARGEST)
    csrf.exempt(blueprint)


@blueprint.post(REPORTS)
@limiter.limit("60 per minute")
def receive() -> tuple[str, int]:
    """Note what a browser reports: 204, or 400 for what is no report and 413 for what is too long to be one."""
    request.max_content_length = LARGEST
    try:
        reported = violations.read(request.mimetype, request.get_data(cache=False))
    except RequestEntityTooLarge:
        return "", 413
    except violations.UnreadableError:
        log.debug("csp_report_unreadable", content_type=request.mimetype[:80])
        return "", 400
    for violation in reported:
        # What people's own extensions put into a page is stopped too, and no one here can fix it.
        note = log.debug if violation.of_extension else log.warning
        note("csp_violation", **{name: value for name, value in asdict(violation).items() if value})
    return "", 204
