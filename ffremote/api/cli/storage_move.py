"""`flask storage move`: the whole files of an installation, from the disk to the bucket or back."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from ffremote.depot.protocol import DepotAway
from ffremote.errors import ConfigurationError
from ffremote.host.file_system import remove_tree
from ffremote.host.locks import ProcessLock, is_dead
from ffremote.jobs.kept import moving
from ffremote.jobs.kept.moving import NotMoved, Route, Unit
from ffremote.registry.access import own_depot

from ..context import AppContext
from .commands import ready_context

GRACE_SECONDS = 5.0  # a request that has read the old row still opens the old file
LOCK = "move.lock"
MIB = 1 << 20


@dataclass
class _Tally:
    """What was done, and what could not be."""

    units: int = 0
    bytes: int = 0
    failed: list[str] = field(default_factory=list)

    def count(self, unit: Unit) -> None:
        self.units += 1
        self.bytes += unit.bytes

    def __str__(self) -> str:
        return f"{self.units} uploads and results, {self.bytes / MIB:.1f} MiB"


@click.group("storage", cls=AppGroup, short_help="Move files between disk and bucket.")
def group() -> None:
    """Move whole files between the data directory and the bucket of FFREMOTE_STORAGE_URL."""


@group.command(short_help="Move uploads and results to the bucket, or back.")
@click.option("--back", is_flag=True, help="Move them from the bucket to this host's disk.")
@click.option("--dry-run", is_flag=True, help="Print what would be moved, and move nothing.")
def move(back: bool, dry_run: bool) -> None:
    """Move the files of uploads and of completed jobs to the bucket, while everything runs.

    One after the other: written, read back, compared with its sha256, then named by its row, then
    removed here. Ctrl-C stops it, and the same command goes on. A file that cannot be moved is
    named and stays where it is; the exit status is 1 then. Files that are on another host's disk
    have to be moved there.

    \b
    Examples:
      flask storage move --dry-run
      flask storage move
      flask storage move --back
    """
    context = ready_context()
    _require_bucket(context)
    route = Route.of(context.storage, is_back=back)
    if dry_run:
        tally = _Tally()
        for unit in moving.pending(context.session, route):
            tally.count(unit)
            click.echo(f"{unit} {unit.bytes}")
        click.echo(f"to move: {tally}", err=True)
        return
    with _alone(context):
        tally = _move_all(context, route)
    click.echo(f"moved: {tally}", err=True)
    if tally.failed:
        raise click.ClickException(f"{len(tally.failed)} not moved, each named above")


def _require_bucket(context: AppContext) -> None:
    if context.settings.s3 is None:
        raise click.ClickException("FFREMOTE_STORAGE_URL names no bucket")
    try:
        own_depot(context.session, context.storage)
    except ConfigurationError as exc:
        raise click.ClickException(str(exc)) from exc


@contextmanager
def _alone(context: AppContext) -> Iterator[None]:
    """Hold the lock of the moves on this host; remove what a killed one left in the cache."""
    lock = context.storage.run / LOCK
    if not is_dead(lock):
        raise click.ClickException("another `flask storage move` runs on this host")
    with ProcessLock(lock):
        for left in context.storage.cache.glob(f"{moving.SCRATCH}*"):
            remove_tree(left)
        yield


def _move_all(context: AppContext, route: Route) -> _Tally:
    tally = _Tally()
    try:
        with _OldFiles(route) as old:
            if not route.is_back:
                for unit in moving.left_behind(context.session, context.storage):
                    moving.remove(route.source, unit)
            for unit in moving.pending(context.session, route):
                if _move(context, route, unit, tally):
                    old.add(unit)
    except (DepotAway, SQLAlchemyError) as exc:
        click.echo(f"moved so far: {tally}", err=True)
        raise click.ClickException(f"{exc}; run the command again, it goes on") from exc
    return tally


class _OldFiles:
    """The files that rows do not name any more, removed after a while, at the end at the latest."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._units: deque[tuple[float, Unit]] = deque()

    def add(self, unit: Unit) -> None:
        """Remove the files of the unit later, and those of earlier ones whose time has come."""
        self._units.append((time.monotonic(), unit))
        self._remove(until=time.monotonic() - GRACE_SECONDS)

    def _remove(self, until: float) -> None:
        while self._units and self._units[0][0] <= until:
            _, unit = self._units.popleft()
            try:
                moving.remove(self._route.source, unit)
            except (OSError, DepotAway) as exc:
                click.echo(f"{unit} is moved; its old files stay for now: {exc}", err=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._units:
            time.sleep(GRACE_SECONDS)
        self._remove(until=time.monotonic())


def _move(context: AppContext, route: Route, unit: Unit, tally: _Tally) -> bool:
    """Move the files of one row; return whether the old ones are to be removed."""
    reserve = context.settings.min_free_bytes
    try:
        is_moved = moving.move(
            context.session, context.storage, route, unit, min_free_bytes=reserve
        )
    except (NotMoved, OSError) as exc:
        tally.failed.append(str(unit))
        click.echo(f"{unit} stays: {exc}", err=True)
        return False
    if is_moved:
        tally.count(unit)
        click.echo(f"{unit} {unit.bytes}")
    return is_moved
