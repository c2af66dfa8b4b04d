"""The lines of server-sent events."""

import json
from collections.abc import Iterable
from typing import Any

RETRY_MS = 2000
HELLO = f"retry: {RETRY_MS}\n".encode()
BEAT = b": beat\n\n"


def encode(data: Any) -> bytes:
    """Return JSON on one line: texts from users cannot begin another field or event."""
    return json.dumps(data, separators=(",", ":")).encode()


def message(event: str, data: bytes, *, number: int | None = None) -> bytes:
    """Return an event; a browser that comes back names the `number` of the last one it had."""
    head = b"" if number is None else b"id: %d\n" % number
    return b"%bevent: %b\ndata: %b\n\n" % (head, event.encode(), data)


def items(event: str, encoded: Iterable[bytes]) -> bytes:
    """Return an event with a list of objects that are encoded already; empty without any."""
    joined = b",".join(encoded)
    return message(event, b'{"items":[%b]}' % joined) if joined else b""
