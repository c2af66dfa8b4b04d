"""Whose a prefix is: an object there names the installation that came first.

Two installations that shared a prefix would remove each other's files.
"""

from botocore.exceptions import ClientError

from ..protocol import DepotAway
from .bucket import Bucket
from .errors import DepotMisconfigured, code_of, translated

OWNER = "owner"
MAX_BYTES = 1024
_LATER = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})


class Ownership:
    """The claim of this process to a prefix, without one until `claim` is called."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._installation: str | None = None
        self._is_known = False

    def claim(self, installation: str) -> None:
        """Claim the prefix; raise DepotMisconfigured if it is another's, DepotAway."""
        if installation != self._installation:
            self._installation, self._is_known = installation, False
        self.require()

    def require(self) -> None:
        """Raise the same, unless the prefix is known to be this installation's."""
        if self._installation is None or self._is_known:
            return
        owner = self._read()
        if owner is None:
            self._write(self._installation)
            owner = self._read()
        if owner != self._installation:
            raise DepotMisconfigured(
                "The object store cannot be used: another installation of ffremote has its files "
                "there; give this one a prefix of its own in FFREMOTE_STORAGE_URL."
            )
        self._is_known = True

    def _read(self) -> str | None:
        try:
            with translated(OWNER):
                answer = self._bucket.client.get_object(**self._bucket.name(OWNER))
                return str(answer["Body"].read(MAX_BYTES).decode("ascii", "replace"))
        except FileNotFoundError:
            return None

    def _write(self, installation: str) -> None:
        name, body = self._bucket.name(OWNER), installation.encode()
        try:
            with translated():
                self._bucket.client.put_object(**name, Body=body, IfNoneMatch="*")
        except DepotAway as exc:
            cause = exc.__cause__
            code = code_of(cause) if isinstance(cause, ClientError) else ""
            if code == "NotImplemented":  # a server without conditions; who reads back decides
                with translated():
                    self._bucket.client.put_object(**name, Body=body)
            elif code not in _LATER:
                raise
