"""The worker daemon's command line."""

import sys
from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from ffremote import logs
from ffremote.config import Settings, load_settings
from ffremote.db import database
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
    help="Jobs at a time.  [env FFREMOTE_CONCURRENCY; default 2]",
)
@click.option("--once", is_flag=True, help="Work until no job waits, then stop.")
@click.pass_context
def cli(context: click.Context, concurrency: int | None, once: bool) -> None:
    """Claim queued jobs and run FFmpeg on them.

    Ctrl-C or SIGTERM drains: what runs is finished and nothing new is taken. A second one stops
    now: FFmpeg is killed and its jobs go back to the queue, with no attempt counted. SIGQUIT does
    so at once.

    \b
    ffremote-worker                   work with two slots
    ffremote-worker --concurrency 8   work with eight
    ffremote-worker list              show all workers and their ids
    ffremote-worker drain ID          let a worker finish what it runs, then idle
    ffremote-worker undrain ID        let it take jobs again
    """
    if context.invoked_subcommand is not None:
        return
    settings = load_settings(concurrency=concurrency)
    logs.configure(settings)
    worker_context = WorkerContext.open(settings, trying=True)
    Supervisor(worker_context, concurrency=settings.concurrency, once=once).run()


@cli.command()
@click.argument("worker_id")
def drain(worker_id: str) -> None:
    """Ask the worker WORKER_ID to finish what it runs and to take nothing more.

    The process stays, idle, until `undrain` or a signal ends it, so no restart policy undoes this.
    """
    _ask(workers.request_drain, worker_id)
    click.echo(f"{worker_id} drains")


@cli.command()
@click.argument("worker_id")
def undrain(worker_id: str) -> None:
    """Let the worker WORKER_ID, which was asked to drain, take jobs again."""
    _ask(workers.request_undrain, worker_id)
    click.echo(f"{worker_id} takes jobs")


def _ask(request: Callable[[Session, str], Worker], worker_id: str) -> None:
    settings = load_settings()
    with _session(settings) as session:
        request(session, worker_id)
    notify.notify_all(Storage(settings.data_dir).run)


@cli.command(name="list")
def list_workers() -> None:
    """Show the workers that are remembered, the newest first."""
    with _session(load_settings()) as session:
        for worker in workers.list_all(session):
            click.echo(_line(worker))


def _line(worker: Worker) -> str:
    versions = f"FFmpeg {worker.ffmpeg_version}"
    if worker.capabilities:
        versions = Capabilities.from_json(worker.capabilities).versions
    return (
        f"{worker.id}  {worker.state:<8}  {worker.host}:{worker.pid}  {worker.concurrency} slots  "
        f"{versions}  last heard of {worker.heartbeat_at:%Y-%m-%d %H:%M:%S}"
    )


def _session(settings: Settings) -> Session:
    engine = database.open_engine(settings.storage_url)
    database.require_schema(engine)
    return database.session_maker(engine)()


def main() -> None:
    """Run the command line; an error of the set-up is one line and exit status 1."""
    try:
        cli()
    except FfremoteError as exc:
        click.echo(f"ffremote-worker: {exc}", err=True)
        sys.exit(1)
