"""`flask ledger check`: prove that every balance equals its transfers."""

from __future__ import annotations

import sys

import click

from app.billing.wallet import verification
from app.cli.context import for_operators


@click.group()
def ledger() -> None:
    """The ledger."""


@ledger.command()
@for_operators
def check() -> None:
    """Recompute every wallet, account, and history entry from the transfers. Exits with 1 if any differs."""
    findings = verification.check()
    for finding in findings:
        click.echo(f"{finding.organization}: {finding.text}")
    click.echo("Ledger OK." if not findings else f"{len(findings)} differences found.")
    sys.exit(1 if findings else 0)
