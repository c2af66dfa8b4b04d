"""Claims that wait for a job: as long as they may, and no longer than the slot."""

import secrets
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.ledger import needs
from ffremote.ledger.protocol import LedgerAway
from ffremote.ledger.values import ClaimRequest, NewWorker
from ffremote.states import JobState
from ffremote_worker.remote.waiting import LONGEST_SECONDS, ClaimWait
from tests.support.builders import queue_job
from tests.support.http_worker import CAPABILITIES
from tests.support.waiting import wait_for
from tests.worker.remote.conftest import Remote

WORKER = "1" * 32


def wish() -> ClaimRequest:
    return ClaimRequest(secrets.token_hex(16), WORKER, str(uuid.uuid4()), needs.ALL, may_wait=True)


@pytest.fixture
def registered(remote: Remote) -> Remote:
    """A worker of a real server that may claim."""
    remote.ledger.register(NewWorker(WORKER, 2, "9.0", "limits", CAPABILITIES))
    return remote


def connections(remote: Remote) -> int:
    waiting = remote.depot.line._waiting
    return len([each for each in waiting._adapter._open if each.sock is not None])


def test_a_slot_that_ends_does_not_wait_for_its_claim_and_gets_no_job(
    registered: Remote, session: Session, storage: Storage
) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(registered.ledger.claim, wish())
        wait_for(lambda: connections(registered))
        registered.ledger.hang_up()
        with pytest.raises(LedgerAway, match="broken off"):
            answer.result(10)
    job = queue_job(session, storage)

    with pytest.raises(LedgerAway, match="claims no more jobs"):
        registered.ledger.claim(wish())
    assert registered.ledger.held(secrets.token_hex(16)) is None
    assert store.find(session, job.id).state is JobState.QUEUED


def test_a_wait_that_is_cut_is_shorter_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])
    wait = ClaimWait()
    wait.end()  # pauses take no time
    wait._ended = threading.Event()
    monkeypatch.setattr(wait._ended, "wait", lambda _: True)

    first = wait.begin(may_wait=True)
    now[0] += 8
    wait.broke()
    second = wait.begin(may_wait=True)
    wait.broke()  # at once: nothing cut it
    third = wait.begin(may_wait=True)

    assert (first, second, third) == (LONGEST_SECONDS, 4.0, 4.0)
    assert wait.begin(may_wait=False) == 0.0
