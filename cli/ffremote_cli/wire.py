"""One HTTP call to the server: what goes out with each, what its refusals become."""

from collections.abc import Container, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from .errors import Refused, Unreachable

BLOCK = 1 << 20
CONNECT_SECONDS = 10.0
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


def base_url(server: str) -> str:
    """The server's API from what a person types: `host:8080`, with or without the path."""
    url = server if "://" in server else f"http://{server}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unreachable(
            f"{server!r} is no server address", hint="it looks like http://127.0.0.1:8080"
        )
    url = url.rstrip("/")
    return url if url.endswith("/api/v1") else f"{url}/api/v1"


class Wire:
    """A session with one server."""

    def __init__(self, server: str, token: str | None, *, user_agent: str = "ffremote") -> None:
        self.url = base_url(server)
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
        url = path if "://" in path else self.url + path
        try:
            response = self._session.request(
                method,
                url,
                timeout=(CONNECT_SECONDS, answer_seconds),
                allow_redirects=False,
                **options,
            )
        except requests.exceptions.RequestException as exc:
            raise self._unreachable(exc) from exc
        refused = not response.ok or response.is_redirect
        if refused and response.status_code not in accept:
            raise refusal(response)
        return response

    def json(self, method: str, path: str, **options: Any) -> Mapping[str, Any]:
        """Make the call and return the JSON object of its answer."""
        response = self.call(method, path, **options)
        try:
            said = response.json()
        except requests.exceptions.JSONDecodeError as exc:
            raise _not_ours(response) from exc
        if not isinstance(said, dict):
            raise _not_ours(response)
        return said

    def _unreachable(self, exc: requests.exceptions.RequestException) -> Unreachable:
        where = self.url.removesuffix("/api/v1")
        if isinstance(exc, requests.exceptions.InvalidURL):
            return Unreachable(f"{where} is no server address: {exc}")
        if isinstance(exc, requests.exceptions.SSLError):
            return Unreachable(
                f"no secure connection to {where}: {_cause(exc)}",
                hint="name your own authority's certificates with REQUESTS_CA_BUNDLE",
            )
        return Unreachable(
            f"cannot reach {where}: {_cause(exc)}",
            hint="is ffremote-server running there? Say where with --server or FFREMOTE_SERVER",
        )


def refusal(response: requests.Response) -> Refused | Unreachable:
    """The error that a response with a status of 3xx, 4xx or 5xx stands for."""
    try:
        error = response.json()["error"]
        code, message = str(error["code"]), str(error["message"])
        details = dict(error.get("details") or {})
    except (ValueError, KeyError, TypeError):
        return _not_ours(response)
    wait = response.headers.get("Retry-After", "")
    return Refused(
        message,
        code=code,
        status=response.status_code,
        details=details,
        retry_after=float(wait) if wait.isdigit() else None,
        hint=details.get("hint") or _HINTS.get(code),
    )


def _not_ours(response: requests.Response) -> Unreachable:
    where = urlsplit(response.url)
    return Unreachable(
        f"{where.scheme}://{where.netloc} answered {response.status_code}, "
        "but not as an ffremote server does",
        hint="check --server or FFREMOTE_SERVER",
    )


def _cause(exc: BaseException) -> str:
    """The innermost reason in few words; urllib3 wraps it in several layers."""
    if isinstance(exc, requests.exceptions.ConnectTimeout):
        return f"no connection within {CONNECT_SECONDS:.0f} s"
    if isinstance(exc, requests.exceptions.ReadTimeout):
        return "it did not answer in time"
    text = str(exc)
    for sign, words in (
        ("Connection refused", "connection refused"),
        ("Name or service not known", "no such host"),
        ("nodename nor servname", "no such host"),
        ("name resolution", "the host's name cannot be resolved"),
        ("Network is unreachable", "network is unreachable"),
        ("Connection reset", "connection reset"),
        ("Broken pipe", "connection broken"),
        ("RemoteDisconnected", "it closed the connection without an answer"),
    ):
        if sign in text:
            return words
    return text
