"""The server's jobs as a table that fits the terminal."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ..client.models import JobPage, Status
from ..formatting import columns_of, human_bytes, one_line, table
from .colours import coloured
from .words import shortened

_SHORT_ID = 8
_MIN_NAME_WIDTH = 4
"""The smallest width of a name, also on a narrow terminal."""

_RECENT = timedelta(days=300)


def jobs_table(items: Sequence[Status], *, columns: int | None) -> str:
    """Return a table of the jobs; the reason of a failure is on a line of its own.

    `columns` is the width of the terminal; without it, ids and names are not shortened.
    """
    header = ("JOB", "STATE", "CREATED", "SIZE", "INPUT", "OUTPUT")
    rows = [_row(item, columns) for item in items]
    states = {row[0]: row[1] for row in rows}
    lines = coloured(table(header, _fitted(header, rows, columns)), states).split("\n")
    shown = [lines[0]]
    for item, line in zip(items, lines[1:], strict=True):
        shown.append(line)
        if (reason := _reason(item)) is not None:
            shown.append(_cut(f"  {reason}", columns))
    return "\n".join(shown)


def live_table(items: Sequence[Status], paces: Mapping[str, str], *, columns: int | None) -> str:
    """Return the table of a live list: with the pace of running jobs, by job id in `paces`."""
    header = ("JOB", "STATE", "PACE", "OUTPUT")
    rows = [
        (item.job_id[:_SHORT_ID], state_of(item), paces.get(item.job_id, ""), _output(item))
        for item in items
    ]
    states = {row[0]: row[1] for row in rows}
    return coloured(table(header, _fitted(header, rows, columns)), states)


def footer(page: JobPage, *, is_terminal: bool) -> str:
    """Return the number of jobs, and the option that shows the others."""
    count = len(page.items)
    if page.next_cursor is None:
        return "1 job" if count == 1 else f"{count} jobs"
    shown = f"{count} of {'more' if page.total is None else page.total} jobs"
    if is_terminal and page.total is not None and page.total <= 500:
        return f"{shown}; all with --limit {page.total}"
    return f"{shown}; the next with --cursor {page.next_cursor}"


def state_of(item: Status) -> str:
    """Return the state, with the progress if it is known."""
    if item.upload is not None:
        return f"uploading {item.upload.percent} %"
    if item.state == "queued" and item.queue_position:
        return f"queued #{item.queue_position}"
    if item.state == "running":
        return f"running {item.percent} %"
    return "expired" if item.state == "completed" and item.raw.get("expired_at") else item.state


def local_time(text: str | None, *, now: datetime | None = None) -> str:
    """Return `25 Nov 21:10` in this machine's time zone, or `25 Nov 2025` if long ago."""
    if not text:
        return ""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    is_old = (now or datetime.now(UTC)) - when > _RECENT
    return when.astimezone().strftime("%d %b %Y" if is_old else "%d %b %H:%M")


def _row(item: Status, columns: int | None) -> tuple[str, ...]:
    size = item.raw.get("result_bytes") or item.raw.get("input_bytes")
    return (
        item.job_id if columns is None else item.job_id[:_SHORT_ID],
        state_of(item),
        local_time(item.created_at),
        human_bytes(size) if size else "",
        str(item.raw.get("input_filename") or ""),
        _output(item),
    )


def _output(item: Status) -> str:
    return str(item.raw.get("output_filename") or "")


def _reason(item: Status) -> str | None:
    message = (item.error or {}).get("message")
    return None if item.state != "failed" or not message else one_line(str(message))


def _fitted(
    header: Sequence[str], rows: Sequence[tuple[str, ...]], columns: int | None
) -> list[tuple[str, ...]]:
    """Return the rows with the names in the last columns shortened until the table fits."""
    if columns is None or not rows:
        return list(rows)
    names = range(header.index("INPUT") if "INPUT" in header else len(header) - 1, len(header))
    widths = [
        max(columns_of(one_line(row[column])) for row in (tuple(header), *rows))
        for column in range(len(header))
    ]
    available = columns - 1 - 2 * (len(header) - 1) - sum(widths[: names.start])
    while sum(widths[names.start :]) > available and max(widths[names.start :]) > _MIN_NAME_WIDTH:
        widths[max(names, key=widths.__getitem__)] -= 1
    return [
        (
            *row[: names.start],
            *(shortened(one_line(row[column]), widths[column]) for column in names),
        )
        for row in rows
    ]


def _cut(text: str, columns: int | None) -> str:
    if columns is None:
        return text
    while columns_of(text) > columns - 1:
        text = f"{text[:-2]}…"
    return text
