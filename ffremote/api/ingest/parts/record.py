"""The rows of one upload as the thread behind it writes them, under the token of its writer."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.jobs.fleet import upload_parts
from ffremote.jobs.fleet.upload_parts import StoredPart


@dataclass(frozen=True, slots=True)
class Record:
    """Every method raises Taken when another request has become the writer."""

    sessions: Callable[[], Session]
    upload_id: str
    token: str
    lifetime: timedelta
    """How long the upload is kept from now on when nothing more of it arrives."""

    def begin(self, multipart: str, size: int) -> None:
        """Record the name under which parts of `size` bytes are sent."""
        with closing(self.sessions()) as session:
            upload_parts.begin(session, self.upload_id, self.token, multipart=multipart, size=size)

    def add(self, part: StoredPart) -> list[str]:
        """Record bytes that the bucket has; return the keys of the pieces that they replace."""
        with closing(self.sessions()) as session:
            return upload_parts.add(session, self.upload_id, self.token, part)

    def renew(self, received: int) -> None:
        """Record that bytes arrive."""
        expires_at = utc_now() + self.lifetime
        with closing(self.sessions()) as session:
            upload_parts.renew(
                session, self.upload_id, self.token, received=received, expires_at=expires_at
            )

    def forget(self) -> list[str]:
        """Begin again at the first byte; return the keys of pieces."""
        with closing(self.sessions()) as session:
            return upload_parts.forget_parts(session, self.upload_id, self.token)

    def rest(self) -> None:
        """Record that nothing more is written; never raises Taken."""
        with closing(self.sessions()) as session:
            upload_parts.rest(session, self.upload_id, self.token)
