"""The log of a job's last attempt: the file that its worker writes, or the rows that it sends."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ffremote.db.models import Job
from ffremote.jobs.fleet import job_logs

from ..context import AppContext
from ..file_response import Content, ScratchFile

NEVER = "0" * 32  # no attempt has this token


def content_of(context: AppContext, job: Job) -> Content:
    """Return the log as it is now; a file that is not there raises FileNotFoundError when read.

    With a bucket the worker may be on another host. A file on this disk is then one from before.
    """
    token = job.log_token or NEVER
    if not context.storage.depot.is_on_this_disk:
        text = job_logs.read(context.session, job.id, token)
        if text:
            return _Text(text)
    return ScratchFile(context.storage.log(job.id, token))


@dataclass(frozen=True, slots=True)
class _Text:
    """Bytes in memory as content."""

    text: bytes

    is_on_this_disk: ClassVar[bool] = False

    @property
    def size(self) -> int:
        """Their number."""
        return len(self.text)

    def part(self, start: int, stop: int, /) -> "_Range":
        """Return some of them."""
        return _Range(self.text[start:stop])


class _Range(io.BytesIO):
    """Bytes that are sent."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the remaining bytes."""
        yield self.read()
