"""The audit of a bucket: objects and unfinished parts against the rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.job_file import JobFile
from ffremote.db.models import Job, Upload, UploadState
from ffremote.depot import keys
from ffremote.files.opening import open_storage
from ffremote.files.storage import Storage
from ffremote.jobs import kept_orphans
from ffremote.states import JobState
from tests.chaos.fleet.hosts import Fleet
from tests.support.s3_servers import BUCKET, client


def broken_objects(fleet: Fleet, desk: Path) -> list[str]:
    """Sweep as if a day had passed; return what is missing in the bucket, or left there."""
    settings = Settings(
        data_dir=desk, database_url=fleet.cluster.url, storage_url=fleet.storage_url
    )
    storage = open_storage(settings)
    storage.prepare()
    engine = database.open_engine(settings.registry_url)
    try:
        with database.session_maker(engine)() as session:
            storage.depot.own(_owner(fleet))
            with patch.multiple(kept_orphans, QUIET_SECONDS=-1, LEFTOVER_SECONDS=-1):
                kept_orphans.sweep(session, storage)
            return [*_compare(session, storage), *_unfinished(session, fleet)]
    finally:
        engine.dispose()


def _owner(fleet: Fleet) -> str:
    here = client(fleet.bucket)
    answer = here.get_object(Bucket=BUCKET, Key=f"{fleet.prefix}/owner")
    return str(answer["Body"].read().decode())


def _compare(session: Session, storage: Storage) -> Iterator[str]:
    found = {entry.key: entry.bytes for root in keys.ROOTS for entry in storage.depot.listed(root)}
    with database.reading(session):
        jobs = session.scalars(select(Job)).all()
        uploads = session.scalars(select(Upload)).all()
        files = session.scalars(select(JobFile)).all()
    known = dict(_results(jobs, files))
    for upload in uploads:
        if upload.state is UploadState.COMPLETE:
            known[keys.upload(upload.id)] = upload.bytes_expected or 0
    arriving = {each.id for each in uploads if each.state is UploadState.ARRIVING}
    for key, size in known.items():
        if key not in found:
            yield f"lost: the object {key}"
        elif found[key] != size:
            yield f"the object {key} has {found[key]} bytes, its row says {size}"
    for key in sorted(found.keys() - known.keys()):
        if key.split("/")[1] not in arriving:
            yield f"a stray object: {key}"


def _results(jobs: Sequence[Job], files: Sequence[JobFile]) -> Iterator[tuple[str, int]]:
    several: dict[str, list[JobFile]] = {}
    for file in files:
        several.setdefault(file.job_id, []).append(file)
    for job in jobs:
        if job.state is not JobState.COMPLETED or not job.result_token or job.files_removed_at:
            continue
        if job.id not in several:
            yield keys.result(job.id, job.result_token), job.result_bytes or 0
            continue
        folder = keys.files_folder(job.id, job.result_token)
        for file in several[job.id]:
            yield keys.file(folder, file.position), file.bytes


def _unfinished(session: Session, fleet: Fleet) -> Iterator[str]:
    """Yield the uploads in parts that nobody will complete or give up."""
    with database.reading(session):
        arriving = set(
            session.scalars(select(Upload.id).where(Upload.state == UploadState.ARRIVING))
        )
    answer = client(fleet.bucket).list_multipart_uploads(Bucket=BUCKET, Prefix=f"{fleet.prefix}/")
    for each in answer.get("Uploads", ()):
        if not any(upload_id in each["Key"] for upload_id in arriving):
            yield f"unfinished parts: {each['Key']}"
