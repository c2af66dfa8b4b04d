"""What shows how far one input is: bars, lines, a file, or several of these."""

from typing import Protocol

from ..client.models import Status


class ProgressView(Protocol):
    """Where the errand's progress is shown."""

    def accepted(self, job_id: str) -> None:
        """The server has the job."""

    def note(self, text: str) -> None:
        """What holds the work up; it is shown until the next change."""

    def sent(self, have: int, total: int | None) -> None:
        """That many bytes of the film went out."""

    def status(self, status: Status) -> None:
        """What the server says of the job."""

    def received(self, have: int, total: int | None) -> None:
        """That many bytes of the result are here."""

    def close(self) -> None:
        """The errand has ended, well or not."""
