"""Sign-in of a page: a cookie that stands for a token, so that no script keeps the token.

    ffremote_session = base64url(token's mark, end, MAC of both)

The key is in the database, so that all servers accept it, and a restart ends no session. Nothing
is stored for a session: it ends when its token is revoked or has expired, and after a week.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from ffremote.db.secret import shared_key

COOKIE = "ffremote_session"
LASTS = timedelta(days=7)
_FIELDS = struct.Struct(">16sQ")
_MAC_BYTES = 24
_LENGTH = (_FIELDS.size + _MAC_BYTES) * 4 // 3
_NAME = "sessions"


class Sessions:
    """Makes and reads the cookies of one process; `open_database` opens the database of the key."""

    def __init__(self, open_database: Callable[[], Session] | None) -> None:
        self._open_database = open_database
        self._key: bytes | None = None

    def load(self) -> None:
        """Read the key, which is made when it is first needed."""
        if self._key is None and self._open_database is not None:
            self._key = shared_key(self._open_database(), _NAME)

    def start(self, token_hash: str, now: datetime) -> tuple[str, datetime]:
        """Return a new cookie's value and the end of the session."""
        self.load()
        end = int((now + LASTS).timestamp())
        fields = _FIELDS.pack(_mark(token_hash), end)
        value = base64.urlsafe_b64encode(fields + self._mac(fields)).decode()
        return value, datetime.fromtimestamp(end, UTC)

    def token_in(
        self, cookies: str, hashes: Iterable[str], now: datetime
    ) -> tuple[str, datetime] | None:
        """Return which of the tokens with these hashes a Cookie header stands for, and until when.

        Return None if it stands for none of them, or no longer.
        """
        if self._key is None:
            return None
        found = _split(_value(cookies) or "")
        if found is None or not hmac.compare_digest(found[1], self._mac(found[0])):
            return None
        mark, end = _FIELDS.unpack(found[0])
        if end <= now.timestamp():
            return None
        until = datetime.fromtimestamp(end, UTC)
        matching = (each for each in hashes if hmac.compare_digest(_mark(each), mark))
        return next(((each, until) for each in matching), None)

    def _mac(self, fields: bytes) -> bytes:
        return hmac.digest(self._key or b"", b"ffremote: session, 1\0" + fields, hashlib.sha256)[
            :_MAC_BYTES
        ]


def has_cookie(cookies: str | None) -> bool:
    """Return whether a Cookie header has a session, valid or not."""
    return cookies is not None and _value(cookies) is not None


def _value(cookies: str) -> str | None:
    """Return the session's cookie; the header may be of any bytes, so that none makes an error."""
    pairs = (pair.strip().partition("=") for pair in cookies.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), None)


def _mark(token_hash: str) -> bytes:
    """Return what a cookie has of a token: not its hash, from which paths can be signed."""
    return hashlib.sha256(b"ffremote: mark of a token\0" + token_hash.encode()).digest()[:16]


def _split(value: str) -> tuple[bytes, bytes] | None:
    """Return the signed fields and their MAC; None for what no server made."""
    if len(value) != _LENGTH or not value.isascii():
        return None
    try:
        data = base64.b64decode(value, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    return data[: _FIELDS.size], data[_FIELDS.size :]
