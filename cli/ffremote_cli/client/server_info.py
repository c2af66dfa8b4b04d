"""What a client may ask a server about itself, beside all jobs."""

from collections.abc import Mapping, Sequence
from typing import Any

from .http import HttpSession
from .transfer.tus import offers


class AboutServer:
    """The questions that name no job."""

    def __init__(self, wire: HttpSession) -> None:
        self._wire = wire
        self._root = wire.url.removesuffix("/api/v1")

    def check_health(self) -> Mapping[str, Any]:
        """What `/healthz` says; raises Unreachable when nobody does."""
        return self._wire.json("GET", self._root + "/healthz")

    def capabilities(self) -> Mapping[str, Any]:
        """What the server's FFmpeg can do, and the server's limits."""
        return self._wire.json("GET", "/capabilities")

    def presets(self) -> Mapping[str, Any]:
        """The presets that the server's operator made."""
        return self._wire.json("GET", "/presets")

    def workers(self) -> Sequence[Mapping[str, Any]]:
        """The worker daemons that the server knows."""
        found: Sequence[Mapping[str, Any]] = self._wire.json("GET", "/workers")["items"]
        return found

    def readiness(self) -> Mapping[str, str]:
        """What `/readyz` says of each thing that a server needs."""
        answer = self._wire.call("GET", self._root + "/readyz", accept=(503,))
        checks: Mapping[str, str] = answer.json().get("checks") or {}
        return checks

    def server_date(self) -> str | None:
        """The server's clock, as its answers carry it."""
        return self._wire.call("GET", self._root + "/healthz").headers.get("Date")

    def supports_resume(self) -> bool:
        """Whether uploads can be resumed on this server."""
        return offers(self._wire) is not None

    def container_of_preset(self, name: str) -> str | None:
        """The container that a preset makes, if it says so."""
        for preset in self.presets()["items"]:
            if preset.get("name") == name:
                found: str | None = (preset.get("job") or {}).get("container")
                return found
        return None
