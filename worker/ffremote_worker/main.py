"""The command line of the worker: run the daemon, list, drain and undrain workers."""

import sys
from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from ffremote import logs
from ffremote.config import Settings, load_settings
from ffremote.db import database, schema
from ffremote.db.models import Worker
from ffremote.errors import FfremoteError
from ffremote.ffmpeg import Capabilities
from ffremote.files.storage import Storage
from ffremote.host import notify
from ffremote.jobs import workers

from .context import WorkerContext
from .supervisor import Supervisor


@click.group(invoke_without_command=True)
@click.version_option(package_name="ffremote")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Number of jobs to run at the same time.  [env var: FFREMOTE_CONCURRENCY; default: 2]",
)
@click.option("--once", is_flag=True, help="Exit when the queue is empty.")
@click.pass_context
def cli(context: click.Context, concurrency: int | None, once: bool) -> None:
    """Claim queued jobs and run FFmpeg on them.

    Ctrl-C or SIGTERM drains: running jobs are finished and no new ones are claimed. A second signal
    stops now: FFmpeg is killed and its jobs return to the queue, without counting the attempt.
    SIGQUIT stops now at once.

    \b
    Examples:
      ffremote-worker                   run two jobs at the same time
      ffremote-worker --concurrency 8   run eight jobs at the same time
      ffremote-worker list              list all workers and their ids
      ffremote-worker drain ID          finish the running jobs of a worker, then idle
      ffremote-worker undrain ID        claim jobs again
    """
    if context.invoked_subcommand is not None:
        return
    settings = load_settings(concurrency=concurrency)
    logs.configure(settings)
    worker_context = WorkerContext.open(settings, trying=True)
    Supervisor(worker_context, concurrency=settings.concurrency, once=once).run()


@cli.command(short_help="Let a worker finish its jobs and claim no more.")
@click.argument("worker_id")
def drain(worker_id: str) -> None:
    """Let the worker WORKER_ID finish its running jobs and claim no more.

    The process stays idle until `undrain` or a signal, so that no restart policy undoes the drain.
    """
    _request(workers.request_drain, worker_id)
    click.echo(f"{worker_id} is draining")


@cli.command(short_help="Let a drained worker claim jobs again.")
@click.argument("worker_id")
def undrain(worker_id: str) -> None:
    """Let the drained worker WORKER_ID claim jobs again."""
    _request(workers.request_undrain, worker_id)
    click.echo(f"{worker_id} claims jobs again")


def _request(change: Callable[[Session, str], Worker], worker_id: str) -> None:
    settings = load_settings()
    with _session(settings) as session:
        change(session, worker_id)
    notify.notify_all(Storage(settings.data_dir).run)


@cli.command(name="list")
def list_workers() -> None:
    """List all known workers, newest first."""
    with _session(load_settings()) as session:
        for worker in workers.list_all(session):
            click.echo(_line(worker))


def _line(worker: Worker) -> str:
    versions = f"FFmpeg {worker.ffmpeg_version}"
    if worker.capabilities:
        versions = Capabilities.from_json(worker.capabilities).versions
    return (
        f"{worker.id}  {worker.state:<8}  {worker.host}:{worker.pid}  {worker.concurrency} slots  "
        f"{versions}  last heartbeat {worker.heartbeat_at:%Y-%m-%d %H:%M:%S}"
    )


def _session(settings: Settings) -> Session:
    engine = database.open_engine(settings.storage_url)
    schema.require_schema(engine)
    return database.session_maker(engine)()


def main() -> None:
    """Run the command line; an FfremoteError becomes one line on stderr and exit status 1."""
    try:
        cli()
    except FfremoteError as exc:
        click.echo(f"ffremote-worker: {exc}", err=True)
        sys.exit(1)
