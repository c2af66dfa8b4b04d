"""The log of an attempt, sent in pieces while FFmpeg writes it."""

import logging

from ffremote.files.storage import Storage
from ffremote.ledger.values import Claim
from ffremote.ledger.wire import LOG_PIECE_BYTES, MAX_LOG_BYTES
from ffremote_cli.errors import Refused

from .held_claims import path_of
from .line import Line, ServerAway

log = logging.getLogger(__name__)


class LogPieces:
    """Sends what is new of the log of the latest claim; beyond the limit nothing is sent."""

    def __init__(self, line: Line, storage: Storage) -> None:
        self._line = line
        self._storage = storage
        self._token = ""
        self._sent = 0

    def send_some(self, claim: Claim) -> None:
        """Send a piece, if there is one; what does not arrive is sent with the next."""
        try:
            self._send_piece(claim)
        except ServerAway as exc:
            log.debug("job %s: its log waits: %s", claim.job_id, exc)

    def send_rest(self, claim: Claim) -> None:
        """Send all that is left; raise ServerAway."""
        while self._send_piece(claim):
            pass

    def _send_piece(self, claim: Claim) -> bool:
        """Send a piece; return whether there was one."""
        if claim.token != self._token:
            self._token, self._sent = claim.token, 0
        piece = self._next_piece(claim)
        if not piece:
            return False
        path = f"{path_of(claim.job_id, claim.token)}/log"
        headers = {"Upload-Offset": str(self._sent), "Content-Type": "application/octet-stream"}
        try:
            self._line.call("POST", path, data=piece, headers=headers)
            self._sent += len(piece)
        except Refused as exc:
            self._go_on_after(exc, claim)
        return True

    def _next_piece(self, claim: Claim) -> bytes:
        try:
            with self._storage.log(claim.job_id, claim.token).open("rb") as file:
                file.seek(self._sent)
                return file.read(min(LOG_PIECE_BYTES, MAX_LOG_BYTES - self._sent))
        except FileNotFoundError:
            return b""

    def _go_on_after(self, exc: Refused, claim: Claim) -> None:
        """Go on where the server is; without that, leave out the rest: the job is worth more."""
        offset = exc.details.get("offset")
        if isinstance(offset, int) and 0 <= offset < self._sent:
            self._sent = offset
            return
        log.warning("job %s: the rest of its log is not taken: %s", claim.job_id, exc)
        self._sent = MAX_LOG_BYTES
