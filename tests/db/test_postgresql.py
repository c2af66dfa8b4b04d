"""Jobs on PostgreSQL: the tests of the statements on claims again, and races between sessions."""

import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.storage import Storage
from ffremote.jobs import queries, store
from tests.jobs.test_claims import (
    claim_next,
    test_a_claim_goes_from_queue_to_result,
    test_a_completed_job_cannot_be_canceled,
    test_a_holder_that_sent_a_heartbeat_meanwhile_keeps_its_claim,
    test_a_job_that_kills_three_workers_fails,
    test_a_priority_is_a_head_start,
    test_a_released_job_has_lost_no_attempt,
    test_a_rescued_job_belongs_to_its_next_holder_alone,
    test_a_worker_claims_only_what_it_can_do,
    test_after_a_cancel_the_holder_can_change_nothing,
    test_progress_never_falls_within_an_attempt,
    test_totals_follow_every_change,
    worker,
)
from tests.jobs.test_several_inputs import (
    test_a_cancel_removes_the_inputs_that_no_other_job_waits_for,
    test_a_claim_has_the_inputs_in_their_order,
    test_a_complete_input_stays_while_any_job_needs_it,
    test_a_job_can_be_claimed_when_its_last_input_is_complete,
    test_a_rescued_job_is_claimed_with_the_same_inputs,
    test_an_abandoned_input_ends_the_job_and_is_named,
    test_the_space_of_a_job_is_freed_while_any_input_is_silent,
)
from tests.support import postgresql
from tests.support.builders import arriving_upload, queue_for, queue_job
from tests.support.races import CROWD, race

__all__ = [  # collected here again, with the fixtures below instead of those for SQLite
    "test_a_cancel_removes_the_inputs_that_no_other_job_waits_for",
    "test_a_claim_goes_from_queue_to_result",
    "test_a_claim_has_the_inputs_in_their_order",
    "test_a_complete_input_stays_while_any_job_needs_it",
    "test_a_completed_job_cannot_be_canceled",
    "test_a_holder_that_sent_a_heartbeat_meanwhile_keeps_its_claim",
    "test_a_job_can_be_claimed_when_its_last_input_is_complete",
    "test_a_job_that_kills_three_workers_fails",
    "test_a_priority_is_a_head_start",
    "test_a_released_job_has_lost_no_attempt",
    "test_a_rescued_job_belongs_to_its_next_holder_alone",
    "test_a_rescued_job_is_claimed_with_the_same_inputs",
    "test_a_worker_claims_only_what_it_can_do",
    "test_after_a_cancel_the_holder_can_change_nothing",
    "test_an_abandoned_input_ends_the_job_and_is_named",
    "test_progress_never_falls_within_an_attempt",
    "test_the_space_of_a_job_is_freed_while_any_input_is_silent",
    "test_totals_follow_every_change",
    "worker",
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(postgresql.missing() is not None, reason=str(postgresql.missing())),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a cluster whose database `postgres` the migrations built."""
    with postgresql.cluster() as url:
        settings = Settings(data_dir=tmp_path_factory.mktemp("pg"), database_url=url)
        app = create_app(settings)
        with app.app_context():
            upgrade()
            app.extensions["sqlalchemy"].engine.dispose()
        yield url


@pytest.fixture
def settings(template: str, tmp_path: Path) -> Settings:
    """Settings of a fresh copy of the migrated database."""
    name = f"t{uuid.uuid4().hex}"
    engine = database.open_engine(template.replace("/postgres?", "/template1?"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE postgres"))
    engine.dispose()
    url = template.replace("/postgres?", f"/{name}?")
    return Settings(data_dir=tmp_path / "data", database_url=url, min_free_bytes=0)


def test_concurrent_claims_take_different_jobs(
    engine: Engine, session: Session, storage: Storage
) -> None:
    jobs = {queue_job(session, storage).id for _ in range(CROWD)}
    claimed: list[str] = []

    def claim_all(own_session: Session) -> None:
        while claim := claim_next(own_session):
            claimed.append(claim.job_id)

    race(engine, claim_all)

    assert sorted(claimed) == sorted(jobs)


def test_uploads_that_complete_at_one_instant_make_their_job_claimable(
    engine: Engine, session: Session, storage: Storage
) -> None:
    arriving = [arriving_upload(session, storage) for _ in range(CROWD)]
    job = queue_for(session, storage, *arriving)
    left = iter(arriving)

    race(engine, lambda own: store.complete_upload(own, next(left), sha256="ab"))

    assert store.find(session, job.id).input_ready_at is not None


def test_the_last_place_in_the_queue_goes_to_one(
    engine: Engine, session: Session, settings: Settings, storage: Storage
) -> None:
    tight = settings.model_copy(update={"max_queued": 1})

    results = race(engine, partial(queue_job, storage=storage, settings=tight))

    assert results == {"accepted": 1, "QUEUE_FULL": CROWD - 1}
    assert queries.count_queued(session) == 1
