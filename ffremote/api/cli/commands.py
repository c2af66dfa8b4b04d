"""The operator's commands: `flask cleanup`, `backup`, `doctor`."""

import logging
import re
import threading
from datetime import timedelta
from pathlib import Path

import click
from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from ffremote import logs
from ffremote.db import schema
from ffremote.db.backup import write_backup
from ffremote.errors import ConfigurationError, DatabaseNotReady
from ffremote.jobs import history, kept_orphans, orphans, retention, workers
from ffremote.registry.access import own_depot

from .. import upload_completion
from ..context import AppContext, current
from .doctor import examine
from .finding import Verdict

log = logging.getLogger(__name__)

blueprint = Blueprint("commands", __name__, cli_group=None)

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd])", re.ASCII)


# A function, because click.ParamType is generic from click 8.4 on and mypy requires its parameter.
def duration(value: str) -> timedelta:
    """Parse a duration such as `10m`; raise BadParameter."""
    match = _DURATION.fullmatch(value)
    if match is None:
        raise click.BadParameter(
            f"{value!r} is not a duration; write for example 90s, 10m, 24h or 7d."
        )
    return timedelta(seconds=float(match[1]) * UNITS[match[2]])


@blueprint.cli.command(short_help="Remove expired files, abandoned uploads and orphan files.")
@click.option(
    "--ttl",
    type=duration,
    metavar="SPAN",
    help="Age at which the files of a finished job expire: 90m, 24h, 7d."
    "  [env var: FFREMOTE_TTL_HOURS; default: 24h]",
)
@click.option("--every", type=duration, metavar="SPAN", help="Repeat the cleanup every SPAN: 10m.")
@click.option("--dry-run", is_flag=True, help="Print what would be removed, and remove nothing.")
def cleanup(ttl: timedelta | None, every: timedelta | None, dry_run: bool) -> None:
    """Remove expired files of finished jobs, abandoned uploads and orphan files.

    With FFREMOTE_HISTORY_DAYS, jobs that ended so many days ago are removed, too.

    \b
    Examples:
      flask cleanup --dry-run
      flask cleanup --every 10m
    """
    context = ready_context()
    try:
        own_depot(context.session, context.storage)
    except ConfigurationError as exc:
        raise click.ClickException(str(exc)) from exc
    ttl = context.settings.ttl if ttl is None else ttl
    if every is None:
        _clean_up(context, ttl, dry_run)
        return
    while True:
        _clean_up_or_log(context, ttl, dry_run)
        threading.Event().wait(every.total_seconds())


@blueprint.cli.command(short_help="Copy the database to a file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a copy of the database to FILE; server and workers may be running.

    It does not contain the files of jobs. To restore it, stop everything, copy FILE to ffremote.db
    in the data directory, and remove ffremote.db-wal and ffremote.db-shm.

    \b
    Example:
      flask backup /backup/ffremote.db
    """
    try:
        size = write_backup(ready_context().db.engine, file)
    except ConfigurationError as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"{file}: {size} bytes")


@blueprint.cli.command(short_help="Check FFmpeg, database, disk and limits.")
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check FFmpeg, the database, the disk and the limits, and suggest fixes.

    The exit status is 1 if a check failed.
    """
    worst = Verdict.OK
    for finding in examine(current()):
        click.echo(f"{finding.verdict:<5} {finding.subject:<9} {finding.detected}")
        if finding.advice:
            click.echo(f"{'':15} -> {finding.advice}")
        worst = finding.verdict if finding.verdict is Verdict.BAD else worst
    context.exit(1 if worst is Verdict.BAD else 0)


def ready_context() -> AppContext:
    """Return the context of a command on a usable database; raise ClickException."""
    context = current()
    logs.configure(context.settings)
    context.storage.prepare()
    try:
        schema.require_schema(context.db.engine)
    except DatabaseNotReady as exc:
        raise click.ClickException(str(exc)) from exc
    return context


def _clean_up_or_log(context: AppContext, ttl: timedelta, dry_run: bool) -> None:
    """Clean up once; log an error, because the next round tries again."""
    try:
        _clean_up(context, ttl, dry_run)
    except (SQLAlchemyError, OSError) as exc:
        log.error("cleanup failed, will retry at the next interval: %s", exc)


def _clean_up(context: AppContext, ttl: timedelta, dry_run: bool) -> None:
    if not dry_run:
        upload_completion.complete_all(context)
    removed = retention.cleanup(context.session, context.storage, ttl=ttl, dry_run=dry_run)
    swept = orphans.sweep(context.session, context.storage, dry_run=dry_run)
    swept_keys = kept_orphans.sweep(context.session, context.storage, dry_run=dry_run)
    forgotten = _forget(context, dry_run)
    if not dry_run:
        workers.forget_gone(context.session)
    for kind, names in (
        ("job", removed.jobs),
        ("upload", removed.uploads),
        ("orphan", [*map(str, swept), *swept_keys]),
    ):
        for name in names:
            click.echo(f"{kind} {name}")
    if forgotten:
        click.echo(f"history: {forgotten} jobs")


def _forget(context: AppContext, dry_run: bool) -> int:
    """Remove, or only count, the rows of old jobs; 0 unless the operator asked for it."""
    age = context.settings.history
    if age is None:
        return 0
    forget = history.count_old if dry_run else history.forget
    return forget(context.session, age)
