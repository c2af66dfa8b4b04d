"""The command line of the worker: run the daemon, list, drain and undrain workers."""

import sys
from typing import Any

import click

from ffremote import logs
from ffremote.config import load_settings
from ffremote.errors import FfremoteError

from . import joining, own_settings, registry
from .context import WorkerContext
from .slot_process import SlotOptions
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
@click.option(
    "--server",
    "worker_server",
    metavar="URL",
    help="Work for a server on another machine, with the token in FFREMOTE_WORKER_TOKEN.  "
    "[env var: FFREMOTE_WORKER_SERVER]",
)
@click.option(
    "--ca",
    "worker_ca",
    metavar="FILE",
    help="Certificates of a private authority for --server.  [env var: FFREMOTE_WORKER_CA]",
)
@click.option(
    "--limit-rate",
    "worker_rate",
    metavar="BYTES",
    help="Bytes per second of all transfers with --server, such as 2M.  "
    "[env var: FFREMOTE_WORKER_RATE]",
)
@click.pass_context
def cli(context: click.Context, /, once: bool, **options: Any) -> None:
    """Claim queued jobs and run FFmpeg on them.

    Without --server, a worker uses data directory and database of the server. With it, it needs
    only its URL and a token from `flask token add NAME --worker` there, and has a directory of its
    own: ~/.local/state/ffremote-worker, or FFREMOTE_DATA_DIR.

    Ctrl-C or SIGTERM drains: running jobs are finished and no new ones are claimed. A second signal
    stops now: FFmpeg is killed and its jobs return to the queue, without counting the attempt.
    SIGQUIT stops now at once.

    \b
    Examples:
      ffremote-worker                   run two jobs at the same time
      ffremote-worker --concurrency 8   run eight jobs at the same time
      ffremote-worker --server https://box.example   work for another machine
      ffremote-worker list              list all workers and their ids
      ffremote-worker drain ID          finish the running jobs of a worker, then idle
      ffremote-worker undrain ID        claim jobs again
    """
    if context.invoked_subcommand is not None:
        return
    settings = own_settings.load(**options)
    logs.configure(settings)
    worker_context = WorkerContext.open(settings, trying=True)
    slots = SlotOptions(once=once, environ=own_settings.environ_of(options))
    Supervisor(worker_context, concurrency=settings.concurrency, slots=slots).run()


@cli.command(short_help="Join a server by an invitation.")
@click.argument("line")
@click.option(
    "--ca",
    default="",
    metavar="FILE",
    help="Certificates of the private authority that signed the server's.",
)
def join(line: str, ca: str) -> None:
    """Join a server: LINE is what `flask worker invite` printed there.

    It works once. The token that this machine gets is kept in joined.json, readable by its user
    only, in ~/.local/state/ffremote-worker or FFREMOTE_DATA_DIR.

    \b
    Example:
      ffremote-worker join 'https://box.example#VGhpcyBpcyBub3QgYSBzZWNyZXQsIHNvcnJ5ISEh.5e0f…'
    """
    url = joining.join(line, own_settings.own_directory(load_settings()), ca=ca)
    click.echo("joined; start the worker with:", err=True)
    click.echo(f"ffremote-worker --server {url}")


@cli.command(short_help="Let a worker finish its jobs and claim no more.")
@click.argument("worker_id")
def drain(worker_id: str) -> None:
    """Let the worker WORKER_ID finish its running jobs and claim no more.

    The process stays idle until `undrain` or a signal, so that no restart policy undoes the drain.
    """
    settings = own_settings.load()
    registry.load(settings).request_drain(settings, worker_id)
    click.echo(f"{worker_id} is draining")


@cli.command(short_help="Let a drained worker claim jobs again.")
@click.argument("worker_id")
def undrain(worker_id: str) -> None:
    """Let the drained worker WORKER_ID claim jobs again."""
    settings = own_settings.load()
    registry.load(settings).request_undrain(settings, worker_id)
    click.echo(f"{worker_id} claims jobs again")


@cli.command(name="list")
def list_workers() -> None:
    """List all known workers, newest first."""
    settings = own_settings.load()
    for line in registry.load(settings).worker_lines(settings):
        click.echo(line)


def main() -> None:
    """Run the command line; an FfremoteError becomes one line on stderr and exit status 1."""
    try:
        cli()
    except FfremoteError as exc:
        click.echo(f"ffremote-worker: {exc}", err=True)
        sys.exit(1)
