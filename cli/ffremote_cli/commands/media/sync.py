"""`ffremote sync`: convert the files of a folder as they arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click

from ...client.client import Client
from ...errors import (
    BatchFailed,
    JobFailed,
    Misdirected,
    Misused,
    Refused,
    Unreachable,
)
from ...exits import error_line
from ...formatting import one_line, print_json, print_path, remark, table
from ...settings.command_options import at_once_option, overwrite_option
from ...settings.job_options import JobCommand, job_of
from ...settings.option_names import name_options
from ...settings.session import connected, current_settings, history
from ...settings.settings import Settings
from ...settings.shared_options import limits_bandwidth
from ...settings.side_files import side_file_option
from ...sync.assembly import Rules, assembled
from ...sync.folders import check_folders, locked
from ...sync.journal import FAILED, Entry, Journal
from ...sync.naming import ResultNames
from ...sync.state import SyncState
from ...ui.sync_status import StatusLine, status_line
from ...workflow.folders import makes_files
from ...workflow.interrupt import CtrlC, ended_by_sigterm
from ...workflow.job_inputs import job_with_inputs
from ...workflow.suggestions import suggest

_FOLDER = click.Path(path_type=Path)


@limits_bandwidth
@click.command(
    cls=JobCommand,
    name="sync",
    examples=(
        "ffremote sync ~/camera ~/small --preset web-720p",
        "ffremote sync in out --container mp4 --crf 23 --jobs 4 --delete-source",
        "ffremote sync in out --preset small --once        # for cron",
        "ffremote sync in out --failed",
        "ffremote sync in out --preset small --retry-failed",
    ),
)
@click.argument("source", metavar="IN", type=_FOLDER)
@click.argument("target", metavar="OUT", type=_FOLDER)
@click.option("--once", is_flag=True, help="Convert what is there, then exit.")
@click.option(
    "--delete-source",
    is_flag=True,
    help="Delete each file of IN once its result is in OUT and has the sha256 of the server.",
)
@click.option("--failed", is_flag=True, help="List the files that failed, with reasons, and exit.")
@click.option("--retry-failed", is_flag=True, help="Convert the files that failed once more.")
@click.option(
    "--settle",
    type=click.FloatRange(0, 86400),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="A file is sent when size and modification time have not changed for so long.",
)
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 86400),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Pause between two looks at IN.",
)
@overwrite_option
@at_once_option
def command(
    *, source: Path, target: Path, failed: bool, job_file: str | None, **values: Any
) -> None:
    """Convert the media files of IN into OUT as they arrive, with the same directories.

    A file is sent when it has stopped growing, and again when it changes. A file that fails is
    listed by --failed, and sent again when it changes, when the options change, or with
    --retry-failed. While the server is away or a disk is full, files wait.

    What is done is recorded in OUT, in .ffremote-sync.jsonl: the sync may be stopped or killed at
    any moment, and both directories may be moved. Existing files are not overwritten, other than
    earlier results of the same file. OUT may be a directory in IN. Hidden files are left out.
    """
    settings = current_settings()
    check_folders(source, target)
    if failed:
        _list_failed(Journal(target), settings)
        return
    job = _job(values, job_file)
    rules = Rules(**{field.name: values[field.name] for field in fields(Rules)})
    failures: list[Entry] = []
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client, ended_by_sigterm(ctrl_c.stop):
        names = ResultNames(client, target, job)
        with locked(source, target, deletes=rules.delete_source):
            if _wait_for_server(
                client,
                names,
                is_patient=not rules.once,
                interval=rules.interval,
                settings=settings,
                from_file=job_file is not None,
            ):
                failures = _run(client, (source, target), names, rules, settings)
    _raise_failures(failures)


def _job(values: Mapping[str, Any], job_file: str | None) -> dict[str, Any]:
    """Return the job without the name of its result; raise Misused for one that is no file."""
    if option := side_file_option(values):
        raise Misused(f"{option} names a file, and a sync sends one file for each job")
    job = job_with_inputs(job_of(values, job_file), ())
    job.pop("output_filename", None)
    if makes_files(job) or job.get("probe") or job.get("container") == "null":
        raise Misused(
            "a sync makes one file of each file, and this job makes several, or none",
            hint="use `ffremote run`",
        )
    return job


def _wait_for_server(
    client: Client,
    names: ResultNames,
    *,
    is_patient: bool,
    interval: float,
    settings: Settings,
    from_file: bool,
) -> bool:
    """Check the options with the server; return False if stopped. A patient one waits for it."""
    while not client.stop.is_set():
        try:
            names.check()
            return True
        except Unreachable as exc:
            if not is_patient or isinstance(exc, Misdirected):
                raise
            remark(f"{error_line(exc)}; trying again", quiet=settings.quiet)
        except Refused as exc:
            suggest(client, exc, names.job)
            if not from_file:
                name_options([exc])
            raise
        client.stop.wait(interval)
    return False


def _run(
    client: Client,
    folders: tuple[Path, Path],
    names: ResultNames,
    rules: Rules,
    settings: Settings,
) -> list[Entry]:
    """Sync until it ends; return the files that failed."""
    state = SyncState(done=0, failed=0)
    line = StatusLine(state, is_shown=not settings.quiet)
    ended_badly: list[Entry] = []

    def on_end(entry: Entry) -> None:
        with line.suspended():
            _print(entry, folders[1], settings)
        ended_badly.extend([entry] if entry.state == FAILED else [])

    sync = assembled(client, folders, names, rules, history=history(), state=state, on_end=on_end)
    try:
        with line.drawn():
            sync.run(once=rules.once)
    finally:
        remark(status_line(state.progress()), quiet=settings.quiet)
    return ended_badly


def _print(entry: Entry, target: Path, settings: Settings) -> None:
    if settings.json:
        print_json(asdict(entry))
    elif entry.state == FAILED:
        click.echo(f"ffremote: {one_line(f'{entry.source}: {entry.reason}')}", err=True)
    else:
        print_path(target / entry.target)


def _raise_failures(failed: Sequence[Entry]) -> None:
    if failed:
        first = JobFailed(str(failed[0].reason), job_id=str(failed[0].job_id))
        count = f"{len(failed)} file{'s' if len(failed) > 1 else ''} failed"
        raise BatchFailed(f"{count}; --failed lists them", first=first)


def _list_failed(journal: Journal, settings: Settings) -> None:
    failed = [entry for entry in journal.entries.values() if entry.state == FAILED]
    if settings.json:
        for entry in failed:
            print_json(asdict(entry))
    elif failed:
        rows = [[each.source, each.at, str(each.reason)] for each in failed]
        click.echo(table(("FILE", "FAILED AT", "REASON"), rows))
    else:
        remark("no file failed", quiet=settings.quiet)
