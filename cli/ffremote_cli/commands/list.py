"""`ffremote list`: the server's jobs."""

import click

from ..display import print_json, table
from ..options import SharedCommand
from ..results import JobPage, Status
from ..session import connected, current_settings

STATES = ("queued", "running", "completed", "failed", "canceled")


@click.command(
    cls=SharedCommand,
    name="list",
    examples=(
        "ffremote list",
        "ffremote list --state queued --state running",
        "ffremote list --label trip=alps --json",
    ),
)
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these.")
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="Only these.")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many."
)
@click.option("--cursor", help="Go on where the last list ended.")
def command(
    states: tuple[str, ...], labels: tuple[str, ...], limit: int, cursor: str | None
) -> None:
    """List the server's jobs, newest first."""
    with connected() as client:
        page = client.jobs(states=states, labels=labels, limit=limit, cursor=cursor)
    if current_settings().json:
        print_json(page.raw)
        return
    click.echo(as_table(page.items))
    click.echo(_footer(page), err=True)


def as_table(items: tuple[Status, ...]) -> str:
    """The jobs in columns."""
    return table(("JOB", "STATE", "DONE", "CREATED", "OUTPUT"), [_row(item) for item in items])


def _row(item: Status) -> tuple[str, ...]:
    done = f"#{item.queue_position}" if item.queue_position else f"{item.percent} %"
    created = (item.created_at or "")[:19].replace("T", " ")
    return item.job_id, item.state, done, created, str(item.raw.get("output_filename") or "")


def _footer(page: JobPage) -> str:
    if page.next_cursor is None:
        return f"{len(page.items)} jobs"
    total = "more" if page.total is None else str(page.total)
    return f"{len(page.items)} of {total} jobs; the next with --cursor {page.next_cursor}"
