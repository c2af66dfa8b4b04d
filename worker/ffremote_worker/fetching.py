"""The inputs of an attempt: links to files of this disk, or fetched, with heartbeats meanwhile."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event

from ffremote.files.job_inputs import KeptInput
from ffremote.files.storage import Storage
from ffremote.ledger.protocol import Ledger
from ffremote.ledger.values import ProgressUpdate
from ffremote.states import Phase

from .heartbeat import Heartbeat


def open_attempt(storage: Storage, heartbeat: Heartbeat) -> Path:
    """Create the directories of an attempt with its inputs; return the job's directory.

    Raise ClaimLost or StopNow, which end what is being fetched, InputLost, DepotAway.
    """
    claim = heartbeat.claim
    if storage.depot.is_on_this_disk or not claim.upload_ids:
        return storage.open_attempt(claim.job_id, claim.token, claim.upload_ids)
    kept = {each.upload_id: each for each in _kept_inputs(heartbeat)}
    unwanted = Event()
    try:
        return heartbeat.run_with_heartbeat(
            lambda: storage.open_attempt(
                claim.job_id,
                claim.token,
                claim.upload_ids,
                kept=kept,
                go_on=lambda: not unwanted.is_set(),
            ),
            ProgressUpdate(Phase.FETCHING, 0),
        )
    finally:
        unwanted.set()


def _kept_inputs(heartbeat: Heartbeat) -> Sequence[KeptInput]:
    found: list[KeptInput] = []

    def ask(ledger: Ledger) -> bool:
        found[:] = ledger.inputs(heartbeat.claim)
        return True

    heartbeat.ask_until_answered(ask, has_work=False)
    return found
