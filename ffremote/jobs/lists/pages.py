"""Pages of jobs, newest first: the cost of one does not depend on its place in the list."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.models import Job, Upload

from .. import inputs, totals
from .filters import Cursor, Filter, in_state

T = TypeVar("T")

SCANNED = 10_000
"""How many jobs one page looks at for a name, which has no index."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the `total` jobs that match, newest first; `next` is None on the last page.

    `uploads` are the jobs' inputs in their order, by job id. The total of jobs with a name is None:
    they are not counted, and a page may have fewer of them than it could.
    """

    items: Sequence[Job]
    uploads: Mapping[str, Sequence[Upload]]
    total: int | None
    next: Cursor | None


ALL = Filter()


def newest(
    session: Session, wanted: Filter = ALL, *, limit: int = 50, after: Cursor | None = None
) -> Page:
    """Return one page of jobs, newest first."""
    with reading(session):
        if wanted.name is not None:
            items, end = _named(session, wanted, wanted.name, limit=limit, after=after)
            return Page(items, _uploads(session, items), None, end)
        found = session.scalars(_page(wanted, limit + 1, after)).all()
        total = session.scalar(_total(wanted)) or 0
        items = found[:limit]
        uploads = _uploads(session, items)
    return Page(items, uploads, total, _end(items) if len(found) > limit else None)


def some(session: Session, job_ids: Collection[str]) -> Page:
    """Return those of some jobs that there are, with their uploads, read from the database now."""
    wanted = select(Job).where(Job.id.in_(job_ids))
    with reading(session):
        found = session.scalars(wanted.execution_options(populate_existing=True)).all()
        uploads = _uploads(session, found)
    return Page(found, uploads, len(found), None)


def _named(
    session: Session, wanted: Filter, name: str, *, limit: int, after: Cursor | None
) -> tuple[Sequence[Job], Cursor | None]:
    """Return the jobs with a name among the next `SCANNED`, and where to go on."""
    columns = (Job.id, Job.created_at, Job.output_filename, Job.upload_id)
    scan = _page(wanted, SCANNED, after).with_only_columns(*columns).subquery()
    newest_first = (scan.c.created_at.desc(), scan.c.id.desc())
    matching = (
        select(scan.c.id)
        .outerjoin(Upload, Upload.id == scan.c.upload_id)
        .where(or_(_contains(scan.c.output_filename, name), _contains(Upload.filename, name)))
        .order_by(*newest_first)
        .limit(limit + 1)
    )
    ids = session.scalars(matching).all()
    items = session.scalars(_newest_first(select(Job).where(Job.id.in_(ids[:limit])))).all()
    if len(ids) > limit:
        return items, _end(items)
    last = select(scan.c.created_at, scan.c.id).order_by(*newest_first)
    row = session.execute(last.offset(SCANNED - 1).limit(1)).first()
    return items, None if row is None else Cursor(*row)


def _contains(column: SQLColumnExpression[str | None], name: str) -> ColumnElement[bool]:
    return column.icontains(name, autoescape=True)


def _end(items: Sequence[Job]) -> Cursor | None:
    return Cursor(items[-1].created_at, items[-1].id) if items else None


def _page(wanted: Filter, limit: int, after: Cursor | None) -> Select[Job]:
    """Build one index scan per state: a scan over all states would read the rows of the others."""
    states = set(wanted.states)
    if not states:
        return _scan(select(Job), wanted, limit, after)
    if len(states) == 1:
        return _scan(select(Job).where(*in_state(states.pop())), wanted, limit, after)
    scans = [_scan(select(Job.id).where(*in_state(s)), wanted, limit, after) for s in states]
    ids = union_all(*(select(scan.subquery().c.id) for scan in scans)).subquery()
    return _newest_first(select(Job).where(Job.id.in_(select(ids.c.id)))).limit(limit)


def _scan(query: Select[T], wanted: Filter, limit: int, after: Cursor | None) -> Select[T]:
    query = query.where(*wanted.conditions())
    if after is not None:
        # Without its type the time is bound in a format that no row has.
        end = tuple_(after.created_at, after.job_id, types=(Job.created_at.type, Job.id.type))
        query = query.where(tuple_(Job.created_at, Job.id) < end)
    return _newest_first(query).limit(limit)


def _newest_first(query: Select[T]) -> Select[T]:
    return query.order_by(Job.created_at.desc(), Job.id.desc())


def _total(wanted: Filter) -> Select[int]:
    if wanted.is_by_state:
        return totals.in_states(wanted.states)
    counted = select(func.count()).select_from(Job).where(*wanted.conditions())
    return counted.where(Job.state.in_(wanted.states)) if wanted.states else counted


def _uploads(session: Session, jobs: Sequence[Job]) -> dict[str, list[Upload]]:
    """Read the inputs of a page of jobs in one query, and in one more if a job has several."""
    further = inputs.further_of(session, jobs)
    ids = {job.id: inputs.in_order(job.upload_id, further.get(job.id, ())) for job in jobs}
    wanted = select(Upload).where(
        Upload.id.in_({each for of_job in ids.values() for each in of_job})
    )
    found = session.scalars(wanted.execution_options(populate_existing=True))
    by_id = {upload.id: upload for upload in found}
    return {job_id: [by_id[each] for each in of_job] for job_id, of_job in ids.items()}
