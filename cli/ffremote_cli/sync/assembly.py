"""Puts the parts of a sync together."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..client.client import Client
from ..workflow.history import History
from .choice import Chooser, digest_of
from .conversion import Converter
from .journal import FAILED, Entry, Journal
from .naming import ResultNames
from .scan import Settling
from .service import Sync
from .state import SyncState


@dataclass(frozen=True, slots=True)
class Rules:
    """The options of a sync, as the command has them."""

    once: bool
    delete_source: bool
    retry_failed: bool
    overwrite: bool
    settle: float
    interval: float
    at_once: int


def assembled(
    client: Client,
    folders: tuple[Path, Path],
    names: ResultNames,
    rules: Rules,
    *,
    history: History,
    state: SyncState,
    on_end: Callable[[Entry], None],
) -> Sync:
    """Return the sync of two folders, input and output, with its journal opened."""
    source, target = folders
    journal, digest = Journal(target), digest_of(names.job)
    failed = {each.source for each in journal.entries.values() if each.state == FAILED}
    converter = Converter(
        client=client,
        source=source,
        target=target,
        journal=journal,
        job_for=names.job_for,
        options=digest,
        history=history,
        overwrites=rules.overwrite,
        deletes=rules.delete_source,
    )
    retries = failed if rules.retry_failed else set()
    return Sync(
        converter=converter,
        chooser=Chooser(names.target_of, digest, rules.delete_source, retries),
        settling=Settling(rules.settle),
        state=state,
        interval=rules.interval,
        at_once=rules.at_once,
        stop=client.stop,
        on_end=on_end,
    )
