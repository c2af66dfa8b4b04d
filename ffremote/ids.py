"""The form of ids: a UUID, or 32 hex digits. Any other text is refused before it is used."""

import re

_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.ASCII)


def is_id(text: str) -> bool:
    """Return whether `text` has the form of an id."""
    return _ID.fullmatch(text) is not None


def checked(identifier: str) -> str:
    """Return an id; raise ValueError for any other text."""
    if not is_id(identifier):
        raise ValueError(f"{identifier!r} is not an id")
    return identifier
