"""What a worker makes of inputs and results in an object store."""

import hashlib
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.config import Settings, load_settings
from ffremote.db.models import Job
from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway
from ffremote.depot.s3.depot import S3Depot
from ffremote.errors import ConfigurationError
from ffremote.files.opening import open_storage
from ffremote.files.storage import Storage
from ffremote.jobs import claims, orphans, store, submission
from ffremote.jobs.fleet import job_logs
from ffremote.ledger.values import Claim
from ffremote.registry.access import own_depot
from ffremote.states import FailureReason, JobState
from ffremote_worker import publication, runner
from ffremote_worker.context import WorkerContext
from ffremote_worker.slot import Slot
from ffremote_worker.storage_watch import StorageWatch
from tests.support import buckets
from tests.support.builders import admit_all, claim_job, job_request, received_file
from tests.support.s3_servers import BUCKET, S3Server, client


@pytest.fixture
def in_bucket(settings: Settings, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a bucket, whose credentials are in the environment."""
    return buckets.in_bucket(settings, seaweedfs, monkeypatch)


@pytest.fixture
def far(in_bucket: Settings) -> Storage:
    """The storage of these settings."""
    made = open_storage(in_bucket)
    made.prepare()
    return made


@pytest.fixture
def claim(session: Session, far: Storage) -> Claim:
    """A claimed job, whose input is in the bucket."""
    return queue_and_claim(session, far)


def queue_and_claim(session: Session, storage: Storage) -> Claim:
    """Queue a job for a file that is no film, with its right sha256; claim it."""
    received = received_file(storage)
    content = storage.upload_partial(received.upload_id).read_bytes()
    right = type(received)(
        received.upload_id, "film.mp4", len(content), hashlib.sha256(content).hexdigest()
    )
    submission.accept_files(session, storage, Settings(), job_request(), [right], admit=admit_all)
    return claim_job(session)


def run(settings: Settings, storage: Storage, session: Session, claim: Claim) -> Job:
    """Run the claim to its end; return the row."""
    context = WorkerContext.open(settings, sandbox="off")
    watch = StorageWatch(storage, min_free_bytes=0)
    runner.run(context, claim, watch=watch, wake_fd=-1, must_stop=bool)
    session.expire_all()
    return store.find(session, claim.job_id)


def test_an_input_is_fetched_and_its_content_stays_for_the_next_job(
    in_bucket: Settings, far: Storage, session: Session, claim: Claim
) -> None:
    row = run(in_bucket, far, session, claim)

    [upload_id] = claim.upload_ids
    assert not (far.upload_dir(upload_id) / "data").exists()
    assert row.error_reason is FailureReason.CORRUPT_INPUT
    cached = list(far.inputs.root.iterdir())
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in cached] == [
        path.name for path in cached
    ]


def lose(far: Storage, seaweedfs: S3Server, key: str) -> None:
    """Remove an object."""
    far.depot.remove(key)


def spoil(far: Storage, seaweedfs: S3Server, key: str) -> None:
    """Change the bytes of an object."""
    here = client(seaweedfs)
    [found] = [
        each["Key"]
        for each in here.list_objects_v2(Bucket=BUCKET)["Contents"]
        if each["Key"].endswith(key)
    ]
    here.put_object(Bucket=BUCKET, Key=found, Body=b"\x00FILM")


@pytest.mark.parametrize("harm", [lose, spoil])
def test_an_input_that_is_missing_or_has_other_bytes_is_lost(
    in_bucket: Settings,
    far: Storage,
    session: Session,
    claim: Claim,
    seaweedfs: S3Server,
    harm: Callable[[Storage, S3Server, str], None],
) -> None:
    harm(far, seaweedfs, keys.upload(claim.upload_ids[0]))

    row = run(in_bucket, far, session, claim)

    assert (row.state, row.error_reason) == (JobState.FAILED, FailureReason.INPUT_LOST)


@pytest.mark.slow
def test_a_job_is_released_at_no_charge_while_the_bucket_is_away(
    in_bucket: Settings,
    far: Storage,
    session: Session,
    claim: Claim,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DepotAway("The object store does not answer.")

    monkeypatch.setattr(S3Depot, "fetch", refuse)

    row = run(in_bucket, far, session, claim)

    assert (row.state, row.attempt, row.losses) == (JobState.QUEUED, 0, 0)


def test_a_program_without_the_bucket_says_that_it_does_not_know_it(
    settings: Settings, far: Storage, session: Session, claim: Claim
) -> None:
    [upload_id] = claim.upload_ids
    name = store.find_upload(session, upload_id).object

    assert name == keys.upload(upload_id)
    with pytest.raises(DepotAway, match="FFREMOTE_STORAGE_URL does not say where"):
        Storage(settings.data_dir).holding(name)


def test_a_bucket_of_another_installation_is_refused(session: Session, far: Storage) -> None:
    far.depot.own("another")

    with pytest.raises(ConfigurationError, match="another installation"):
        own_depot(session, far)
    with pytest.raises(DepotAway, match="another installation"):
        far.depot.remove(keys.upload(str(uuid.uuid4())))


def test_a_result_waits_for_its_depot_and_no_longer_than_somebody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publication, "PAUSE_SECONDS", (0.001, 0.001))
    answers = iter([DepotAway("away"), DepotAway("away"), None])
    given_up = threading.Event()

    def work() -> str:
        if error := next(answers):
            raise error
        return "kept"

    assert publication.patiently(work, 60, given_up) == "kept"
    given_up.set()
    with pytest.raises(DepotAway):
        publication.patiently(far_away, 60, given_up)


def far_away() -> Path:
    """Raise DepotAway."""
    raise DepotAway("away")


def test_a_wrong_address_is_named_without_what_is_secret_in_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings({"FFREMOTE_STORAGE_URL": "s3://key:secret@films"})

    assert "credentials are not part of it" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_log_is_in_rows_and_nothing_of_the_job_stays_on_the_disk(
    in_bucket: Settings, far: Storage, session: Session, claim: Claim
) -> None:
    run(in_bucket, far, session, claim)

    text = job_logs.read(session, claim.job_id, claim.token)
    assert text.startswith(b"ffprobe input\n")
    assert not far.job_dir(claim.job_id).exists()


def test_what_a_worker_that_was_killed_left_is_swept(
    far: Storage, session: Session, claim: Claim
) -> None:
    far.open_attempt(claim.job_id, claim.token, [])
    far.log(claim.job_id, claim.token).write_text("text")
    before = orphans.sweep(session, far)
    claims.fail(session, claim, reason=FailureReason.KILLED, message="", details={})

    swept = orphans.sweep(session, far)

    assert (before, swept) == ([], [Path("jobs", claim.job_id)])


def test_a_worker_with_a_bucket_waits_for_whole_uploads(
    in_bucket: Settings, settings: Settings
) -> None:
    reads = [
        Slot(WorkerContext.open(each, sandbox="off"), worker_id="w", holder="h").reads_arriving
        for each in (settings, in_bucket)
    ]

    assert reads == [True, False]
