"""The interface of progress output: bars, lines, a file, or several of these."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class KeptOpen:
    """A view that stays open when a job ends, for an input that takes several jobs."""

    view: ProgressView

    def accepted(self, job_id: str) -> None:
        """Pass on the id of the newest job."""
        self.view.accepted(job_id)

    def note(self, text: str) -> None:
        """Pass on why the work waits."""
        self.view.note(text)

    def sent(self, done: int, total: int | None) -> None:
        """Pass on the progress of the upload."""
        self.view.sent(done, total)

    def sent_input(self, path: Path, done: int, total: int) -> None:
        """Pass on the progress of one of several inputs."""
        self.view.sent_input(path, done, total)

    def status(self, status: Status) -> None:
        """Pass on the status of the newest job."""
        self.view.status(status)

    def received(self, done: int, total: int | None) -> None:
        """Pass on the progress of the download."""
        self.view.received(done, total)

    def close(self) -> None:
        """Leave the view open: a further job may follow."""
