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
    """Recompute every wallet, account and history line from the transfers; exits with 1 where one differs."""
    findings = verification.check()
    for finding in findings:
        click.echo(f"{finding.organization}: {finding.text}")
    click.echo("The ledger is right." if not findings else f"{len(findings)} differences found.")
    sys.exit(1 if findings else 0)
