"""`ffremote watch`: follow jobs that are on the server already."""

from dataclasses import replace

import click

from ..client.client import Client
from ..client.models import Status
from ..client.poll import require_completed
from ..errors import ClientError, Stopped
from ..formatting import print_json
from ..settings.completion import job_ids as completed_ids
from ..settings.session import connected, current_settings, ids_of, raise_errors
from ..settings.settings import Settings
from ..settings.shared_options import SharedCommand, shows_progress
from ..ui.progress import progress_display
from ..workflow.conversion import follow_job
from ..workflow.interrupt import CtrlC
from ..workflow.parallel import run_parallel
from .status import described


@shows_progress
@click.command(
    cls=SharedCommand,
    name="watch",
    examples=("ffremote watch 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69",),
)
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True, shell_complete=completed_ids)
def command(job_ids: tuple[str, ...]) -> None:
    """Follow the jobs with live bars until they have ended.

    Ctrl-C ends the watching; the jobs go on. An upload that broke off on this machine is gone on
    with. With --json: a line for each change.
    """
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        answers = _watched(client, ids_of(client, job_ids), settings)
    raise_errors(answers)


def _watched(
    client: Client, job_ids: tuple[str, ...], settings: Settings
) -> list[Status | ClientError]:
    bars = replace(settings, quiet=settings.quiet or settings.json)
    with progress_display(bars, count=len(job_ids)) as board:

        def do(job_id: str) -> Status:
            view = board.view(job_id)
            try:
                for status in follow_job(client, job_id, view):
                    if settings.json:
                        print_json(status.raw)
            except Stopped as exc:
                raise Stopped(
                    f"no longer watching; job {job_id} goes on", hint="`ffremote cancel` stops it"
                ) from exc
            finally:
                view.close()
            with board.suspended():
                _print_end(status, settings)
            require_completed(status)
            return status

        return run_parallel(job_ids, do, at_once=len(job_ids), stop=client.stop)


def _print_end(status: Status, settings: Settings) -> None:
    if not settings.json and status.state == "completed":
        click.echo(described(status))
