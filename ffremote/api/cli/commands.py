"""What an operator runs beside the server: `flask cleanup`, `backup`, `doctor`, `token`."""

import logging
import re
import threading
from datetime import timedelta
from pathlib import Path

import click
from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from ffremote import logs
from ffremote.db import database
from ffremote.db.backup import write_backup
from ffremote.errors import ConfigurationError, DatabaseNotReady
from ffremote.jobs import orphans, retention, workers

from .. import upload_completion
from ..access.auth import Tokens, new_token
from ..context import AppContext, current
from .doctor import Verdict, examine

log = logging.getLogger(__name__)

blueprint = Blueprint("commands", __name__, cli_group=None)

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd])", re.ASCII)


# A function, not a click.ParamType: that is generic from click 8.4 on, and mypy insists on it.
def span(value: str) -> timedelta:
    """Return the span of time that `10m` names; raise BadParameter."""
    match = _SPAN.fullmatch(value)
    if match is None:
        raise click.BadParameter(f"{value!r} is no span of time; write 90s, 10m, 24h or 7d.")
    return timedelta(seconds=float(match[1]) * UNITS[match[2]])


@blueprint.cli.command()
@click.option("--ttl", type=span, metavar="SPAN", help="[env FFREMOTE_TTL_HOURS; default 24h]")
@click.option("--every", type=span, metavar="SPAN", help="Go on, once in each SPAN.")
@click.option("--dry-run", is_flag=True, help="Only show what would be removed.")
def cleanup(ttl: timedelta | None, every: timedelta | None, dry_run: bool) -> None:
    """Remove the files of jobs that ended long ago, abandoned uploads, and orphan files."""
    here = _ready_desk()
    ttl = here.settings.ttl if ttl is None else ttl
    if every is None:
        _clean_once(here, ttl, dry_run)
        return
    while True:
        _clean_or_log(here, ttl, dry_run)
        threading.Event().wait(every.total_seconds())


@blueprint.cli.command()
@click.argument("name")
def token(name: str) -> None:
    """Make a token for NAME: on stdout what goes into FFREMOTE_TOKENS, on stderr the secret."""
    secret, entry = new_token(name)
    try:
        Tokens.parse(entry)
    except ConfigurationError as exc:
        raise click.BadParameter(
            "letters, digits, '.', '_' and '-' only", param_hint="NAME"
        ) from exc
    click.echo(f"The token, shown only now: {secret}", err=True)
    click.echo(entry)


@blueprint.cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a copy of the database to FILE; everything may go on running.

    Files of jobs are not in it. Stop everything to put it back: FILE becomes ffremote.db in the
    data directory, and ffremote.db-wal and ffremote.db-shm are removed.
    """
    try:
        size = write_backup(_ready_desk().db.engine, file)
    except ConfigurationError as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"{file}: {size} bytes")


@blueprint.cli.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Look at FFmpeg, the database, the disk and the limits, and say what to do."""
    worst = Verdict.OK
    for finding in examine(current()):
        click.echo(f"{finding.verdict:<5} {finding.subject:<9} {finding.found}")
        if finding.advice:
            click.echo(f"{'':15} -> {finding.advice}")
        worst = finding.verdict if finding.verdict is Verdict.BAD else worst
    context.exit(1 if worst is Verdict.BAD else 0)


def _ready_desk() -> AppContext:
    here = current()
    logs.configure(here.settings)
    here.storage.prepare()
    try:
        database.require_schema(here.db.engine)
    except DatabaseNotReady as exc:
        raise click.ClickException(str(exc)) from exc
    return here


def _clean_or_log(here: AppContext, ttl: timedelta, dry_run: bool) -> None:
    """Clean once; what goes wrong now is tried again at the next round."""
    try:
        _clean_once(here, ttl, dry_run)
    except (SQLAlchemyError, OSError) as exc:
        log.error("this cleanup did not come to its end: %s", exc)


def _clean_once(here: AppContext, ttl: timedelta, dry_run: bool) -> None:
    if not dry_run:
        upload_completion.close_all(here)
    removed = retention.cleanup(here.session, here.storage, ttl=ttl, dry_run=dry_run)
    strays = orphans.sweep(here.session, here.storage, dry_run=dry_run)
    if not dry_run:
        workers.forget_gone(here.session)
    for kind, names in (
        ("job", removed.jobs),
        ("upload", removed.uploads),
        ("orphan", [str(path) for path in strays]),
    ):
        for name in names:
            click.echo(f"{kind} {name}")
