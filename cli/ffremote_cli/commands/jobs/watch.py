"""`ffremote watch`: follow jobs that are on the server."""

from dataclasses import replace

import click

from ...client.client import Client
from ...client.models import Status
from ...client.poll import require_completed
from ...errors import ClientError, Stopped
from ...formatting import print_json
from ...settings.command_options import job_ids_argument
from ...settings.session import connected, current_settings, ids_of, raise_errors
from ...settings.settings import Settings
from ...settings.shared_options import SharedCommand, shows_progress
from ...ui.conversions import Display
from ...ui.progress import progress_display
from ...workflow.following import follow_job
from ...workflow.interrupt import CtrlC
from ...workflow.parallel import run_parallel
from .status import described


@shows_progress
@click.command(
    cls=SharedCommand,
    name="watch",
    examples=("ffremote watch last", "ffremote watch 0b5f2c1e 7c4d9a10 --json"),
)
@job_ids_argument
def command(job_ids: tuple[str, ...]) -> None:
    """Follow jobs with progress bars until they end.

    Ctrl-C stops watching; the jobs continue. An upload that was interrupted on this machine is
    resumed. With --json, every status is printed as one line.
    """
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        results = _watch_all(client, ids_of(client, job_ids), settings)
    raise_errors(results)


def _watch_all(
    client: Client, job_ids: tuple[str, ...], settings: Settings
) -> list[Status | ClientError]:
    display_settings = replace(settings, quiet=settings.quiet or settings.json)
    with progress_display(display_settings, count=len(job_ids)) as display:
        return run_parallel(
            job_ids,
            lambda job_id: _watch(client, job_id, settings, display),
            at_once=len(job_ids),
            stop=client.stop,
        )


def _watch(client: Client, job_id: str, settings: Settings, display: Display) -> Status:
    """Show the statuses of a job and return the last one; raise unless the job completed."""
    view = display.view(job_id)
    try:
        for status in follow_job(client, job_id, view):
            if settings.json:
                print_json(status.raw)
    except Stopped as exc:
        raise Stopped(
            f"no longer watching job {job_id}, which continues",
            hint=f"`ffremote cancel {job_id}` cancels it",
        ) from exc
    finally:
        view.close()
    if not settings.json and status.state == "completed":
        with display.suspended():
            click.echo(described(status))
    require_completed(status)
    return status
