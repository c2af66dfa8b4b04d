"""A claim that was committed and not answered belongs to the slot that asked for it."""

import os
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database, sqlite
from ffremote.files.storage import Storage
from ffremote.host.notify import Listener
from ffremote.jobs import store
from ffremote.ledger.protocol import LedgerAway
from ffremote.ledger.values import Claim, ClaimRequest
from ffremote.registry.sql_ledger import SqlLedger
from ffremote_worker import slot as slot_module
from ffremote_worker.clerk import Clerk, within
from ffremote_worker.context import WorkerContext
from ffremote_worker.slot import Slot, StopRequest
from tests.support import postgresql
from tests.support.builders import HOLDER, WORKER, queue_job
from tests.support.cutting_proxy import cutting


def slot_on(engine: Engine, settings: Settings, storage: Storage) -> Slot:
    """Return a slot whose ledger uses `engine`."""
    context = WorkerContext.open(settings, sandbox="off")
    ledger = SqlLedger(database.session_maker(engine), storage, lease_seconds=30)
    context = replace(context, ledger=ledger, clerk=Clerk(ledger))
    return Slot(context, worker_id=WORKER, holder=HOLDER)


@pytest.fixture
def requests(storage: Storage) -> Iterator[StopRequest]:
    """No stop is requested."""
    with Listener(storage.run, str(uuid.uuid4())) as listener:
        yield StopRequest(os.getppid(), listener)


def lose_the_answer_to_the_first_claim(engine: Engine) -> None:
    do_commit = engine.dialect.do_commit

    def commit(connection: Any) -> None:
        is_claim = connection.total_changes > 0
        do_commit(connection)
        if is_claim:
            engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
            raise sqlite.sqlite_module().OperationalError("disk I/O error")

    engine.dialect.do_commit = commit  # type: ignore[method-assign]


def test_a_claim_that_was_stored_without_an_answer_is_the_slots(
    settings: Settings, storage: Storage, session: Session, requests: StopRequest
) -> None:
    jobs = [queue_job(session, storage).id for _ in range(2)]
    engine = database.open_engine(settings.registry_url)
    slot = slot_on(engine, settings, storage)
    lose_the_answer_to_the_first_claim(engine)

    with pytest.raises(LedgerAway):
        slot.claim(requests)
    first, second = slot.claim(requests), slot.claim(requests)
    engine.dispose()

    assert first is not None and second is not None
    assert [first.job_id, second.job_id] == jobs
    assert (first.attempt, first.token) == (1, store.find(session, first.job_id).claim_token)
    assert first.token != second.token


@pytest.mark.slow
@pytest.mark.skipif(postgresql.missing() is not None, reason=str(postgresql.missing()))
def test_a_claim_whose_connection_was_cut_after_its_commit_is_the_slots(
    settings: Settings, tmp_path: Path, requests: StopRequest
) -> None:
    with postgresql.running() as cluster:
        postgresql.migrate(cluster.url, tmp_path / "pg")
        upstream = Path(cluster.home) / ".s.PGSQL.5432"
        with cutting(upstream, last=b"SKIP LOCKED") as proxy:
            url = f"postgresql://ffremote@127.0.0.1:{proxy.port}/postgres?sslmode=disable"
            engine = database.open_engine(url)
            direct = database.open_engine(cluster.url)
            with database.session_maker(direct)() as session:
                storage = Storage(settings.data_dir)
                job = queue_job(session, storage)
                slot = slot_on(engine, settings, storage)

                with pytest.raises(LedgerAway):
                    slot.claim(requests)
                claim = slot.claim(requests)

                row = store.find(session, job.id)
            engine.dispose()
            direct.dispose()

    assert proxy.cuts.is_set()
    assert claim is not None
    assert (claim.job_id, claim.token) == (job.id, row.claim_token)
    assert (row.attempt, row.losses) == (1, 0)


class _Granting:
    """A ledger that grants a claim just after the slot has hung up."""

    def __init__(self) -> None:
        self.is_hung_up = threading.Event()
        self.found = [None, Claim("1" * 32, "2" * 32, 1, (), "{}")]
        self.released: list[Claim] = []

    def claim(self, _request: ClaimRequest) -> Claim | None:
        self.is_hung_up.wait(30)
        raise LedgerAway("the connection was broken off")

    def hang_up(self) -> None:
        self.is_hung_up.set()

    def held(self, _token: str) -> Claim | None:
        return self.found.pop(0)

    def release(self, claim: Claim, *, message: str) -> bool:
        self.released.append(claim)
        return True


def test_a_claim_that_is_granted_when_the_slot_has_hung_up_is_given_back(
    settings: Settings, requests: StopRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot_module, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(slot_module, "LATE_SECONDS", 0.0)
    ledger: Any = _Granting()
    [_, granted] = ledger.found
    context = WorkerContext.open(settings, sandbox="off")
    context = replace(context, ledger=ledger, clerk=Clerk(ledger))
    slot = Slot(context, worker_id=WORKER, holder=HOLDER, may_wait=True)
    requests.is_drain_requested = True

    with pytest.raises(LedgerAway, match="broken off"):
        slot.claim(requests)
    slot.leave()

    assert ledger.released == [granted]


class _AtTheLastMoment(Future[int]):
    """An answer that comes just when the wait for it is over."""

    def result(self, timeout: float | None = None) -> int:
        if timeout is not None:
            self.set_result(5)
            raise TimeoutError
        return super().result()


def test_an_answer_at_the_last_moment_counts() -> None:
    assert within(0.1, _AtTheLastMoment()) == 5
