"""`ffremote list`: the server's jobs."""

import shutil
import sys
import time
from collections.abc import Callable

import click

from ..client.client import Client
from ..client.models import JobPage
from ..errors import Misused
from ..formatting import print_json
from ..settings.session import connected, current_settings
from ..settings.shared_options import SharedCommand
from ..ui.jobs_table import footer, jobs_table, live_table
from ..ui.live import Live
from ..ui.progress_bars import pace_of

STATES = ("queued", "running", "completed", "failed", "canceled")


@click.command(
    cls=SharedCommand,
    name="list",
    examples=(
        "ffremote list",
        "ffremote list --state queued --state running --watch",
        "ffremote list --label trip=alps --json",
    ),
)
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these.")
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="Only these.")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many."
)
@click.option("--cursor", help="Go on where the last list ended.")
@click.option("-w", "--watch", is_flag=True, help="Draw the list again and again, until Ctrl-C.")
def command(
    states: tuple[str, ...],
    labels: tuple[str, ...],
    limit: int,
    cursor: str | None,
    watch: bool,
) -> None:
    """List the server's jobs, newest first.

    With --watch and --json: a line for each list that differs from the one before.
    """
    settings = current_settings()
    with connected() as client:

        def look() -> JobPage:
            return client.jobs(states=states, labels=labels, limit=limit, cursor=cursor)

        if not watch:
            _print(look(), as_json=settings.json)
        elif settings.json:
            _watch_as_json(look, settings.poll_interval)
        elif sys.stdout.isatty():
            _watch(client, look, settings.poll_interval)
        else:
            raise Misused("--watch draws on a terminal", hint="for a pipe, add --json")


def _print(page: JobPage, *, as_json: bool) -> None:
    if as_json:
        print_json(page.raw)
        return
    is_terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size().columns if is_terminal else None
    click.echo(jobs_table(page.items, columns=columns))
    click.echo(footer(page, is_terminal=is_terminal), err=True)


def _watch_as_json(look: Callable[[], JobPage], interval: float) -> None:
    before = None
    while True:
        page = look()
        if page.raw != before:
            print_json(page.raw)
            sys.stdout.flush()
        before = page.raw
        time.sleep(interval)


def _watch(client: Client, look: Callable[[], JobPage], interval: float) -> None:
    with Live() as live:
        while True:
            page = look()
            paces = {
                item.job_id: pace_of(client.status(item.job_id))
                for item in page.items
                if item.state == "running"
            }
            size = shutil.get_terminal_size()
            drawn = live_table(page.items, paces, columns=size.columns)
            text = f"{drawn}\n{footer(page, is_terminal=True)} on {client.url}"
            live.show(text, columns=size.columns, rows=size.lines)
            time.sleep(interval)
