"""The operations of a server that concern no job: its health, abilities, workers and presets."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from ..errors import Misdirected, Refused
from .documents import Capabilities
from .http import HttpSession
from .transfer.tus_requests import max_upload_bytes

Json = Mapping[str, Any]


class ServerCalls:
    """One server, and the connections to it."""

    def __init__(self, http: HttpSession) -> None:
        self._http = http

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The URL of the server's API, such as `http://127.0.0.1:8080/api/v1`."""
        return self._http.url

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._http.close()

    def check_health(self) -> Json:
        """Return `/healthz`; raise Unreachable if there is no server."""
        return self._http.json("GET", f"{self._http.server}/healthz")

    def check_access(self) -> None:
        """Raise unless jobs can be listed: Refused without a valid token, Misdirected elsewhere."""
        try:
            body = self._http.json("GET", "/jobs", params={"limit": 1})
        except Refused as exc:
            if exc.status != 404:
                raise
            body = {}
        if "items" not in body:
            raise Misdirected(
                f"{self._http.server} answers, but not as an ffremote server does",
                hint="check host, port and path of the address",
            )

    def readiness(self) -> Mapping[str, str]:
        """Return the result of each check in `/readyz`: `ok` or the problem."""
        response = self._http.call("GET", f"{self._http.server}/readyz", accept=(503,))
        checks: Mapping[str, str] = response.json().get("checks") or {}
        return checks

    def server_date(self) -> str | None:
        """Return the server's clock, from the Date header of a response."""
        return self._http.call("GET", f"{self._http.server}/healthz").headers.get("Date")

    def capabilities(self) -> Capabilities:
        """Return the abilities of the server's FFmpeg, and the server's limits."""
        return Capabilities(self._http.json("GET", "/capabilities"))

    def workers(self) -> Sequence[Json]:
        """Return the worker daemons that are registered with the server."""
        items: Sequence[Json] = self._http.json("GET", "/workers")["items"]
        return items

    def drain(self, worker_id: str) -> Json:
        """Let the worker finish its running jobs and take no more; return the worker."""
        return self._http.json("POST", f"/workers/{worker_id}/drain")

    def undrain(self, worker_id: str) -> Json:
        """Let a draining worker take jobs again; return the worker."""
        return self._http.json("POST", f"/workers/{worker_id}/undrain")

    def presets(self) -> Json:
        """Return the presets of the server."""
        return self._http.json("GET", "/presets")

    def container_of_preset(self, name: str) -> str | None:
        """Return the container that a preset sets, or None."""
        presets = {preset.get("name"): preset for preset in self.presets()["items"]}
        container: str | None = (presets.get(name, {}).get("job") or {}).get("container")
        return container

    def supports_resume(self) -> bool:
        """Whether the server can resume uploads."""
        return max_upload_bytes(self._http) is not None
