"""Jobs whose files are not on the disk of a worker that has the database: only if they fit."""

from pathlib import Path

from sqlalchemy.orm import Session

from ffremote.db import database
from ffremote.files.storage import Storage
from ffremote.jobs import workers
from ffremote.ledger import needs
from ffremote.ledger.values import ClaimRequest, NewWorker
from ffremote.registry.claiming import Claiming
from ffremote.registry.sql_ledger import SqlLedger
from tests.support.builders import HOLDER, WORKER, queue_job
from tests.support.depot_elsewhere import DepotElsewhere
from tests.support.http_worker import CAPABILITIES

GIB = needs.GIB
WISH = ClaimRequest("3" * 32, WORKER, HOLDER, needs.ALL)


def test_a_job_waits_until_its_worker_has_room_for_it(session: Session, storage: Storage) -> None:
    free = [5 * GIB - 1]
    claiming = Claiming(lambda: free[0])
    large = queue_job(session, storage, needs=needs.room(5 * GIB))
    small = queue_job(session, storage)

    first, none = claiming.claim(session, WISH), claiming.claim(session, WISH)
    free[0] += 1
    second = claiming.claim(session, ClaimRequest("4" * 32, WORKER, HOLDER, needs.ALL))

    assert first is not None and second is not None
    assert (first.job_id, none, second.job_id) == (small.id, None, large.id)


def test_a_worker_says_how_much_it_can_store_where_files_are_elsewhere(
    session: Session, storage: Storage, tmp_path: Path
) -> None:
    depot = DepotElsewhere(tmp_path / "elsewhere")
    depot.is_on_this_disk = False
    sessions = database.session_maker(session.get_bind())  # type: ignore[arg-type]
    found = []
    for name, own in (("1" * 32, storage), ("2" * 32, Storage(storage.root, depot))):
        ledger = SqlLedger(sessions, own, lease_seconds=30, reserve_bytes=1)
        ledger.register(NewWorker(name, 1, "9.0", "limits", CAPABILITIES))
        ledger.record_heartbeat(name)
        found.append(workers.reach(session, storage, [name])[name].free_bytes)

    assert found[0] is None
    assert found[1] is not None and found[1] > 0
