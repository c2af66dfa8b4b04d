"""`ffremote list`: list the jobs of the server."""

import shutil
import sys
import time
from collections.abc import Callable

import click

from ...client.client import Client
from ...client.models import JobPage
from ...errors import Misused
from ...formatting import print_json
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand
from ...ui.jobs_table import footer, jobs_table, live_table
from ...ui.live import Live
from ...ui.words import pace_of

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
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(STATES),
    help="Only jobs in this state. Can be repeated.",
)
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="KEY=VALUE",
    help="Only jobs with this label. Can be repeated.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 500),
    default=50,
    show_default=True,
    metavar="N",
    help="Maximum number of jobs.",
)
@click.option(
    "--cursor",
    metavar="CURSOR",
    help="Continue a longer list, with the cursor that it printed at its end.",
)
@click.option("-w", "--watch", is_flag=True, help="Redraw the list until Ctrl-C.")
def command(
    *,
    states: tuple[str, ...],
    labels: tuple[str, ...],
    limit: int,
    cursor: str | None,
    watch: bool,
) -> None:
    """List the jobs of the server, newest first.

    With --watch and --json, the list is printed as one line whenever it changes.
    """
    settings = current_settings()
    with connected() as client:

        def fetch() -> JobPage:
            return client.jobs(states=states, labels=labels, limit=limit, cursor=cursor)

        if not watch:
            _print(fetch(), as_json=settings.json)
        elif settings.json:
            _watch_as_json(fetch, settings.poll_interval)
        elif sys.stdout.isatty():
            _watch(client, fetch, settings.poll_interval)
        else:
            raise Misused("--watch requires a terminal", hint="for a pipe, add --json")


def _print(page: JobPage, *, as_json: bool) -> None:
    if as_json:
        print_json(page.raw)
        return
    is_terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size().columns if is_terminal else None
    click.echo(jobs_table(page.items, columns=columns))
    click.echo(footer(page, is_terminal=is_terminal), err=True)


def _watch_as_json(fetch: Callable[[], JobPage], interval: float) -> None:
    previous = None
    while True:
        page = fetch()
        if page.raw != previous:
            print_json(page.raw)
            sys.stdout.flush()
        previous = page.raw
        time.sleep(interval)


def _watch(client: Client, fetch: Callable[[], JobPage], interval: float) -> None:
    with Live() as live:
        while True:
            page = fetch()
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
