"""`ffremote workers`: list the workers of the server."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from ...formatting import human_seconds, print_json, remark, table
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand
from ...ui.colours import coloured
from ...workflow.remote.worker_ids import GONE

_SILENT_SECONDS = 20.0
"""The server counts a worker on another host as dead after this time."""


@click.command(
    cls=SharedCommand,
    name="workers",
    examples=("ffremote workers", "ffremote workers --all --json"),
)
@click.option("--all", "shows_all", is_flag=True, help="Also list workers that have ended.")
def command(shows_all: bool) -> None:
    """List the workers of the server: state, host, jobs and slots, labels, last sign of life."""
    settings = current_settings()
    with connected() as client:
        listed = [each for each in client.workers() if shows_all or each.get("state") != GONE]
    if settings.json:
        print_json({"items": listed})
        return
    header = ("WORKER", "STATE", "HOST", "JOBS", "LABELS", "VERSION", "FFMPEG", "SEEN")
    now = datetime.now(UTC)
    rows = [_row(each, now) for each in listed]
    click.echo(coloured(table(header, rows), {row[0]: row[1] for row in rows}))
    if not listed:
        remark("no worker is running, so jobs wait", quiet=settings.quiet)


def _row(worker: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    state = str(worker.get("state"))
    if state == "up" and worker.get("drain_requested_at"):
        state = "draining"
    return (
        str(worker["worker_id"])[:8],
        state,
        str(worker.get("host") or ""),
        _slots(worker),
        ",".join(worker.get("labels") or []),
        str(worker.get("version") or ""),
        str(worker.get("ffmpeg_version") or ""),
        _seen(str(worker.get("heartbeat_at") or ""), now),
    )


def _slots(worker: Mapping[str, Any]) -> str:
    """Return the jobs and the slots; an older server says only how many slots there are."""
    slots = str(worker.get("concurrency") or "")
    return f"{worker['running']}/{slots}" if "running" in worker else slots


def _seen(heartbeat: str, now: datetime) -> str:
    try:
        age = (now - datetime.fromisoformat(heartbeat)).total_seconds()
    except ValueError:
        return ""
    return "now" if age < _SILENT_SECONDS else f"{human_seconds(age)} ago"
