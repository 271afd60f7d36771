"""What is wrong with an installation: one check for each part it stands on, each by itself, each within its time; and
its figures for Prometheus."""

from flask import Flask

from app.doctor.examination import CHECKS, examine
from app.doctor.findings import Finding, Report, Status, exit_code
from app.doctor.gauges import InstallationFigures
from app.doctor.installation import Installation
from app.web import metrics_page

__all__ = ["CHECKS", "Finding", "Installation", "Report", "Status", "examine", "exit_code", "init_app"]


def init_app(app: Flask) -> None:
    """Give the installation's figures at `/metrics`."""
    metrics_page.add_collector(app, InstallationFigures(app))
