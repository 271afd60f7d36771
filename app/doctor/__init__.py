"""What is wrong with an installation: one check for each part it stands on, each by itself, each within its time."""

from app.doctor.examination import CHECKS, examine
from app.doctor.findings import Finding, Report, Status, exit_code
from app.doctor.installation import Installation

__all__ = ["CHECKS", "Finding", "Installation", "Report", "Status", "examine", "exit_code"]
