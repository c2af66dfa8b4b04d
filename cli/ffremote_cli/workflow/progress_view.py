"""The interface of progress output: bars, lines, a file, or several of these."""

from pathlib import Path
from typing import Protocol

from ..client.models import Status


class ProgressView(Protocol):
    """Shows the progress of one conversion."""

    def accepted(self, job_id: str) -> None:
        """The server has created the job."""

    def note(self, text: str) -> None:
        """Show why the work waits, until the next change."""

    def sent(self, done: int, total: int | None) -> None:
        """`done` bytes of the input are uploaded."""

    def sent_input(self, path: Path, done: int, total: int) -> None:
        """`done` bytes of one of several inputs are uploaded; `sent` is about all of them."""

    def status(self, status: Status) -> None:
        """The job has a new status."""

    def received(self, done: int, total: int | None) -> None:
        """`done` bytes of the result are downloaded."""

    def close(self) -> None:
        """The conversion has ended, successfully or not."""
