"""`flask usage compare`: a carrier's list of calls beside what was reported."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from app.billing.usage import carrier_comparison, carrier_records
from app.billing.usage.carrier_comparison import Comparison
from app.billing.usage.carrier_records import NotReadableError, Records
from app.billing.usage.events import Reported
from app.cli.context import for_operators
from app.cli.usage import usage
from app.clock import utc_now
from app.people import organizations
from app.people.organizations import PeopleError
from app.transaction import transaction

_SHOWN = 50
"""How many calls of each kind are listed."""


@usage.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organization", "slug", required=True, help="Whose calls they are (short name).")
@click.option(
    "--tolerate",
    default=0,
    show_default=True,
    help="Seconds by which a call may differ.",
    type=click.IntRange(0, 3600),
)
@click.option("--zone", "zone_name", help="The time zone of times without one. By default, UTC.")
@click.option("--meter", help="Also propose usage of this meter for calls that only the carrier has.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what is proposed as a batch of CloudEvents.",
)
@click.option("--apply", "is_applied", is_flag=True, help="Record what is proposed, each once.")
@for_operators
def compare(file: Path, **chosen: Any) -> None:
    """Compare a carrier's FILE of calls (CSV: call, start, seconds, cost) with the usage that was reported.

    Lists calls that are missing here, extra here, or of other seconds, and proposes corrections. A name that may be
    another spelling of one here is listed too, and nothing is proposed of it. Exits with 1 if anything differs or a
    line can't be read. Nothing is applied of a file with such lines.
    """
    try:
        organization = organizations.find_organization(chosen["slug"])
        zone = ZoneInfo(chosen["zone_name"]) if chosen["zone_name"] else None
        records = carrier_records.read(file.read_text(encoding="utf-8"), zone=zone)
    except (PeopleError, NotReadableError) as error:
        raise click.ClickException(str(error)) from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.ClickException(
            f"The file has to be UTF-8, and the zone one like America/New_York: {error}"
        ) from error
    found = carrier_comparison.compare(organization, records.calls, tolerated=chosen["tolerate"])
    proposed = carrier_comparison.propose(organization, found, at=utc_now(), meter=chosen["meter"])
    _show(records, found)
    if chosen["out"] is not None:
        chosen["out"].write_text(json.dumps([_cloud_event(event) for event in proposed], indent=2) + "\n")
        click.echo(f"{len(proposed)} proposed events written to {chosen['out']}.")
    if chosen["is_applied"]:
        _apply(records, proposed)
    elif proposed and chosen["out"] is None:
        click.echo(f"{len(proposed)} corrections are proposed: --apply records them, --out writes them.")
    if records.unread or found.missing or found.extra or found.different or found.alike:
        raise click.exceptions.Exit(1)


def _show(records: Records, found: Comparison) -> None:
    for unread in records.unread[:_SHOWN]:
        click.echo(f"Line {unread.line} was not read: {unread.why}")
    for theirs in found.missing[:_SHOWN]:
        click.echo(f"Missing here: {_printable(theirs.call)}, {theirs.seconds} s, line {theirs.line}")
    for ours in found.extra[:_SHOWN]:
        click.echo(f"Only here: {_printable(ours.call)}, {ours.seconds} s, {ours.cost.exact}")
    for theirs, own in found.alike[:_SHOWN]:
        click.echo(
            f"Alike: {_printable(theirs.call)} there, {_printable(own.call)} here, line {theirs.line}: "
            "give them one name."
        )
    for theirs, own in found.different[:_SHOWN]:
        click.echo(
            f"Different: {_printable(own.call)}, {theirs.seconds} s there, {own.seconds} s here, line {theirs.line}"
        )
    counts = (len(records.unread), len(found.missing), len(found.extra), len(found.different))
    click.echo(
        "{} the same, {} missing here, {} only here, {} different, {} lines not read.".format(
            found.same, *counts[1:], counts[0]
        )
    )
    click.echo(f"The carrier's cost is {found.their_cost}; ours to the customer is {found.our_cost.exact}.")


def _apply(records: Records, proposed: list[Reported]) -> None:
    if records.unread:
        raise click.ClickException("Nothing was applied: correct the lines that were not read first.")
    with transaction():
        receipt = carrier_comparison.apply(proposed, at=utc_now())
    for refusal in receipt.refused:
        click.echo(
            f"Rejected: {_printable(proposed[refusal.index].call or '')}: {refusal.field}: {refusal.reason}"
        )
    click.echo(
        f"{receipt.accepted} recorded, {receipt.duplicates} already recorded, {len(receipt.refused)} rejected."
    )


def _cloud_event(event: Reported) -> dict[str, Any]:
    data: dict[str, Any] = {
        "organization": str(event.org_id),
        "meter": event.meter,
        "quantity": event.quantity,
        "call": event.call,
    }
    if event.corrects is not None:
        data["corrects"] = dict(zip(("source", "id"), event.corrects, strict=True))
    return {
        "specversion": "1.0",
        "type": "voice-portal.usage.v1",
        "source": event.source,
        "id": event.id,
        "time": event.at.astimezone(UTC).isoformat(),
        "data": data,
    }


def _printable(text: str) -> str:
    """Otherwise, names could forge lines of output."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
