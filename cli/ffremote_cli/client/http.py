"""One HTTP call to the server: what goes out with each, what its refusals become."""

from collections.abc import Container, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from ..errors import Misdirected, Refused, Unreachable
from .address import base_url, origin_of
from .connection_errors import foreign_response, unreachable
from .doc_commands import with_commands

BLOCK = 1 << 20
CONNECT_SECONDS = 10.0
HANDSHAKE_SECONDS = 2.0
ANSWER_SECONDS = 60.0

_HINTS = {
    "UNAUTHORIZED": "set FFREMOTE_TOKEN to a token that the server's operator gave you",
    "FILE_TOO_LARGE": "`ffremote capabilities` shows the server's limit",
    "RESULT_EXPIRED": "results are kept for a while only; submit the job again",
    "JOB_NOT_READY": "follow it with `ffremote watch`",
}


class BearerToken(AuthBase):
    """Sends the token; being an `auth`, it keeps requests from taking one out of ~/.netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _WideAdapter(HTTPAdapter):
    """Sends bodies in blocks of 1 MiB: urllib3's own 16 KiB were measured at half the speed."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, blocksize=BLOCK, **kwargs)


class HttpSession:
    """A session with one server."""

    def __init__(self, server: str, token: str | None, *, user_agent: str = "ffremote") -> None:
        self.url = base_url(server)
        self._server = self.url.removesuffix("/api/v1")
        self._greeted = self.url.startswith("http:")
        self._session = requests.Session()
        self._session.auth = BearerToken(token)
        self._session.headers["User-Agent"] = user_agent
        self._session.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _WideAdapter(pool_maxsize=16))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        answer_seconds: float = ANSWER_SECONDS,
        accept: Container[int] = (),
        **options: Any,
    ) -> requests.Response:
        """Make the call and return the answer; raises Unreachable, or Refused unless accepted."""
        url = self._own(path if "://" in path else self.url + path)
        self._greet()
        try:
            response = self._session.request(
                method,
                url,
                timeout=(CONNECT_SECONDS, answer_seconds),
                allow_redirects=False,  # a token and a film go to the server that was named
                **options,
            )
        except OSError as exc:  # RequestException is one, too
            raise unreachable(self._server, exc) from exc
        refused = not response.ok or response.is_redirect
        if refused and response.status_code not in accept:
            raise refusal(response)
        return response

    def _greet(self) -> None:
        """See that there is TLS at all: a server of http waits for more of what it got.

        A connection that works is kept for the call itself, which tells every other problem.
        """
        if self._greeted:
            return
        self._greeted = True
        timeout = (HANDSHAKE_SECONDS, CONNECT_SECONDS)
        try:
            self._session.get(f"{self._server}/healthz", timeout=timeout, allow_redirects=False)
        except requests.exceptions.Timeout as exc:
            if isinstance(wrong := unreachable(self._server, exc), Misdirected):
                raise wrong from exc
        except OSError:
            pass

    def _own(self, url: str) -> str:
        """The URL, if it is on this server: an answer may name any place for an upload."""
        if origin_of(url) != origin_of(self.url):
            raise Misdirected(
                f"{self.url} names another server for the upload, {url}; nothing was sent there",
                hint="its operator corrects the proxy before it",
            )
        return url

    def json(self, method: str, path: str, **options: Any) -> Mapping[str, Any]:
        """Make the call and return the JSON object of its answer."""
        response = self.call(method, path, **options)
        try:
            said = response.json()
        except requests.exceptions.JSONDecodeError as exc:
            raise foreign_response(response) from exc
        if not isinstance(said, dict):
            raise foreign_response(response)
        return said


def refusal(response: requests.Response) -> Refused | Unreachable:
    """The error that a response with a status of 3xx, 4xx or 5xx stands for."""
    try:
        error = response.json()["error"]
        code, message = str(error["code"]), with_commands(str(error["message"]))
        details = dict(error.get("details") or {})
    except (ValueError, KeyError, TypeError):
        return foreign_response(response)
    wait = response.headers.get("Retry-After", "")
    return Refused(
        message,
        code=code,
        status=response.status_code,
        details=details,
        retry_after=float(wait) if wait.isdigit() else None,
        hint=details.get("hint") or _HINTS.get(code),
    )
