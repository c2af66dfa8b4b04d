"""The sentence for a connection that failed, or for an answer that is not an ffremote server's."""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import requests

from ..errors import Misdirected, Refused, Unreachable

PROBE_SECONDS = 2.0

_SIGNS = (
    ("Connection refused", "connection refused"),
    ("Name or service not known", "no such host"),
    ("nodename nor servname", "no such host"),
    ("name resolution", "the host's name cannot be resolved"),
    ("Network is unreachable", "network is unreachable"),
    ("No route to host", "no route to the host"),
    ("Connection reset", "connection reset"),
    ("Broken pipe", "connection broken"),
    ("RemoteDisconnected", "it closed the connection without an answer"),
)


def unreachable(server: str, error: Exception) -> Unreachable:
    """What a failed call to `server` (its address as a person writes it) means."""
    if isinstance(error, requests.exceptions.InvalidURL):
        return Misdirected(f"{server} is not a server address: {error}")
    if isinstance(error, requests.exceptions.SSLError):
        return _tls(server, error)
    if not isinstance(error, requests.exceptions.RequestException):
        return Misdirected(f"{server} cannot be called: {error}", hint="see REQUESTS_CA_BUNDLE")
    if (wrong := _other_scheme(server, error)) is not None:
        return wrong
    return Unreachable(
        f"cannot reach {server}: {_cause(error)}",
        hint="is ffremote-server running there? Say where with --server or FFREMOTE_SERVER",
    )


def foreign_response(response: requests.Response) -> Unreachable | Refused:
    """What an answer without our JSON means: a proxy's, or another program's."""
    where = urlsplit(response.url)
    server = f"{where.scheme}://{where.netloc}"
    status = response.status_code
    if status == 413:
        return Refused(
            f"a proxy before {server} refuses a request of this size (413)",
            code="FILE_TOO_LARGE",
            status=status,
            hint="its operator lifts the limit: `client_max_body_size 0;` with nginx",
        )
    if response.is_redirect:
        target = urljoin(response.url, response.headers["Location"])
        return Misdirected(
            f"{server} points elsewhere, to {target} ({status})",
            hint=f"say --server {_server_in(target)}",
        )
    if status == 401:
        return Misdirected(
            f"a proxy before {server} asks for a password of its own (401)",
            hint="ffremote sends no password, only the token of an ffremote server",
        )
    if status in (502, 503, 504):
        return Unreachable(f"a proxy before {server} answers {status}: no server behind it")
    if status == 400 and "HTTPS" in response.text[:2000].upper():
        return _needs_https(server)
    return Unreachable(
        f"{server} answered {status}, but not as an ffremote server does",
        hint="check --server or FFREMOTE_SERVER",
    )


def _server_in(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.partition('/api/v1')[0]}".rstrip("/")


def _tls(server: str, error: Exception) -> Unreachable:
    host = urlsplit(server).hostname
    cause = next((each for each in _causes(error) if isinstance(each, ssl.SSLError)), None)
    if not isinstance(cause, ssl.SSLCertVerificationError):
        if _speaks_http(server):
            return _needs_http(server)
        reason = (cause.reason or "").replace("_", " ").lower() if cause else "TLS failed"
        return Unreachable(f"no secure connection to {server}: {reason}")
    said = cause.verify_message.lower()
    if "expired" in said or "not yet valid" in said:
        word = "has expired" if "expired" in said else "is not valid yet"
        return Misdirected(
            f"the certificate of {host} {word}",
            hint="its operator renews it; if it is valid, set this machine's clock",
        )
    if "hostname mismatch" in said or "ip address mismatch" in said:
        return Misdirected(
            f"the certificate that {server} shows is for another name than {host}",
            hint="use the name that stands in the certificate with --server",
        )
    return Misdirected(
        f"this machine does not trust the certificate of {host}: {cause.verify_message}",
        hint="if it is your own, set REQUESTS_CA_BUNDLE to the file of its authority",
    )


def _other_scheme(server: str, error: Exception) -> Unreachable | None:
    """Whether the port speaks the other of http and https; looked at without sending anything."""
    text = str(error)
    if server.startswith("https:"):
        hung = isinstance(error, requests.exceptions.Timeout) or "timed out" in text
        return _needs_http(server) if hung and _speaks_http(server) else None
    closed = any(sign in text for sign in ("RemoteDisconnected", "Connection reset", "BadStatus"))
    return _needs_https(server) if closed and _speaks_tls(server) else None


def _needs_http(server: str) -> Unreachable:
    plain = server.replace("https:", "http:", 1)
    return Misdirected(f"{server} speaks http, not https", hint=f"say --server {plain}")


def _needs_https(server: str) -> Unreachable:
    secure = server.replace("http:", "https:", 1)
    return Misdirected(f"{server} speaks https, not http", hint=f"say --server {secure}")


def _speaks_http(server: str) -> bool:
    try:
        with _connected(server) as line:
            line.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return line.recv(5) == b"HTTP/"
    except OSError:
        return False


def _speaks_tls(server: str) -> bool:
    look = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    look.check_hostname, look.verify_mode = False, ssl.CERT_NONE  # only to see that there is TLS
    try:
        with _connected(server) as line, look.wrap_socket(line):
            return True
    except OSError:
        return False


def _connected(server: str) -> socket.socket:
    parts = urlsplit(server)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return socket.create_connection((parts.hostname or "", port), timeout=PROBE_SECONDS)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those inside of it: urllib3 hides them in `args`, `reason` and `__cause__`."""
    seen: list[BaseException] = [error]
    for each in seen:
        inner = [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]
        seen += [it for it in inner if isinstance(it, BaseException) and it not in seen]
    return iter(seen)


def _cause(error: Exception) -> str:
    """The innermost reason in few words; urllib3 wraps it in several layers."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "it did not accept a connection in time"
    if isinstance(error, requests.exceptions.ReadTimeout):
        return "it did not answer in time"
    text = str(error)
    return next((words for sign, words in _SIGNS if sign in text), text)
