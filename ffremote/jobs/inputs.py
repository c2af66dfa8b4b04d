"""Which uploads a job uses: `jobs.upload_id` is its first input, `job_inputs` has the others.

A job whose graph makes everything from sources uses none: its `upload_id` is null.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.models import ARRIVING, Job, JobInput, Upload, UploadState
from ffremote.files.job_inputs import KeptInput
from ffremote.ledger.needs import has_several


def upload_ids(session: Session, job: Job) -> tuple[str, ...]:
    """Return the uploads of a job in the order of its inputs."""
    return in_order(job.upload_id, further(session, job.id) if has_several(job.needs) else ())


def in_order(first: str | None, others: Sequence[str]) -> tuple[str, ...]:
    """Return the uploads of a job from its `upload_id` and `further`."""
    return () if first is None else (first, *others)


def further(session: Session, job_id: str) -> list[str]:
    """Return the uploads of a job's inputs from the second one on, in their order."""
    with reading(session):
        return list(session.scalars(_FURTHER, {"wanted": job_id}))


def further_of(session: Session, jobs: Sequence[Job]) -> dict[str, list[str]]:
    """Return `further` of those jobs that have several inputs, by job, in one query."""
    several = [job.id for job in jobs if has_several(job.needs)]
    found: dict[str, list[str]] = defaultdict(list)
    if several:
        wanted = select(JobInput).where(JobInput.job_id.in_(several)).order_by(JobInput.position)
        with reading(session):
            for row in session.scalars(wanted):
                found[row.job_id].append(row.upload_id)
    return found


def kept(session: Session, upload_ids: Sequence[str]) -> list[KeptInput]:
    """Return where the files of complete uploads are, and what is in them."""
    wanted = select(Upload.id, Upload.bytes_expected, Upload.bytes_received, Upload.sha256)
    wanted = wanted.add_columns(Upload.object).where(Upload.id.in_(upload_ids))
    with reading(session):
        return [
            KeptInput(row.id, row.bytes_expected or row.bytes_received, row.sha256, row.object)
            for row in session.execute(wanted)
            if row.sha256 is not None
        ]


def size(session: Session, upload_id: str) -> int | None:
    """Return the bytes that an upload has when it is complete."""
    with reading(session):
        return session.scalar(select(Upload.bytes_expected).where(Upload.id == upload_id))


def uses(uploads: Collection[str]) -> ColumnElement[bool]:
    """Return the condition of a job that has any of `uploads` as an input."""
    others = select(JobInput.job_id).where(JobInput.upload_id.in_(uploads))
    return or_(Job.upload_id.in_(uploads), Job.id.in_(others))


def used_by(*job: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition of an upload that is an input of a job with the conditions `job`."""
    return or_(
        exists().where(Job.upload_id == Upload.id, *job),
        exists().where(JobInput.upload_id == Upload.id, JobInput.job_id == Job.id, *job),
    )


def all_complete() -> ColumnElement[bool]:
    """Return the condition of a job whose inputs have all arrived."""
    return ~_has_input(Upload.state != UploadState.COMPLETE)


def waiting_for_lapsed(lapsed_before: datetime) -> ColumnElement[bool]:
    """Return the condition of a job with an arriving input that expires before `lapsed_before`."""
    return _has_input(Upload.state == ARRIVING, Upload.expires_at < lapsed_before)


def _has_input(*upload: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition of a job with an input that has the conditions `upload`.

    Correlated to the job: a join could begin with the inputs of all jobs that ever were.
    """
    return or_(
        exists().where(Upload.id == Job.upload_id, *upload),
        exists().where(JobInput.job_id == Job.id, Upload.id == JobInput.upload_id, *upload),
    )


def _further_statement() -> Select[Any]:
    """Build the query over the plain table only: it is part of the claim of such a job."""
    rows = cast(Table, JobInput.__table__).c
    return select(rows.upload_id).where(rows.job_id == bindparam("wanted")).order_by(rows.position)


_FURTHER = _further_statement()
