"""A wrong address, scheme, proxy or certificate is a one-sentence error with a remedy."""

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.scripted_server import Ffremote, Reply, Script, ScriptedServer, json_reply
from tests.support.service import Service

CERTIFICATES = Path(__file__).with_name("certificates")
"""Self-signed, with keys used only by these tests: one is valid for localhost until
2126, one is for another name, one expired in 2020 (`openssl req -x509`, the last with faketime)."""

StartTls = Callable[[str], Script]


@pytest.fixture
def start_tls() -> Iterator[StartTls]:
    """Starts a server behind TLS with one of the certificates."""
    started: list[tuple[ScriptedServer, threading.Thread]] = []

    def start(certificate: str) -> Script:
        script = Script()
        script.on("GET /jobs", json_reply(items=[], total=0, next_cursor=None))
        script.on("GET /healthz", json_reply(status="ok"))
        server = ScriptedServer(script)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        script.url = f"https://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        started.append((server, thread))
        return script

    yield start
    for server, thread in started:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_trusted_certificate_is_accepted(in_process: Ffremote, start_tls: StartTls) -> None:
    script = start_tls("right")

    done = in_process(
        "list", "--server", script.url, REQUESTS_CA_BUNDLE=str(CERTIFICATES / "right.pem")
    )

    assert (done.returncode, done.stdout.split()[0]) == (0, "JOB")


@pytest.mark.parametrize(
    ("certificate", "bundle", "sentence"),
    [
        (
            "right",
            "",
            (
                r"ffremote: this machine does not trust the certificate of localhost: self.signed "
                r"certificate \(for a private certificate authority, set REQUESTS_CA_BUNDLE to its "
                r"file\)"
            ),
        ),
        (
            "expired",
            "expired",
            (
                r"ffremote: the certificate of localhost has expired \(renew it on the server, "
                r"or correct this machine's clock\)"
            ),
        ),
        (
            "other_name",
            "other_name",
            (
                r"ffremote: the certificate of https://localhost:\d+ is for another name "
                r"than localhost \(use --server with the name in the certificate\)"
            ),
        ),
    ],
)
def test_a_bad_certificate_is_a_one_sentence_error(
    in_process: Ffremote, start_tls: StartTls, certificate: str, bundle: str, sentence: str
) -> None:
    script = start_tls(certificate)
    trusted = str(CERTIFICATES / f"{bundle}.pem") if bundle else ""

    done = in_process("list", "--server", script.url, REQUESTS_CA_BUNDLE=trusted)

    assert done.returncode == 3
    assert re.fullmatch(sentence + "\n", done.stderr), done.stderr
    assert script.requests == []


def test_a_missing_bundle_is_named(in_process: Ffremote, start_tls: StartTls) -> None:
    script = start_tls("right")

    done = in_process("list", "--server", script.url, REQUESTS_CA_BUNDLE="/no/such.pem")

    assert done.returncode == 3
    assert "/no/such.pem" in done.stderr
    assert "Traceback" not in done.stderr


def test_https_to_an_http_server_suggests_the_right_address(
    in_process: Ffremote, service: Service
) -> None:
    plain = service.url.removesuffix("/api/v1")
    secure = plain.replace("http:", "https:")

    done = in_process("list", "--server", secure)

    assert done.returncode == 3
    assert done.stderr == (f"ffremote: {secure} uses http, not https (use --server {plain})\n")


def test_http_to_a_tls_server_suggests_the_right_address(
    in_process: Ffremote, start_tls: StartTls
) -> None:
    script = start_tls("right")
    plain = script.url.replace("https:", "http:")

    done = in_process("list", "--server", plain)

    assert done.returncode == 3
    assert done.stderr == (f"ffremote: {plain} uses https, not http (use --server {script.url})\n")


NGINX_400 = b"<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>"


@pytest.mark.parametrize(
    ("reply", "status", "sentence"),
    [
        (
            Reply(413, b"<html>413 Request Entity Too Large</html>"),
            4,
            (
                "ffremote: a proxy in front of {url} refuses a request of this size (413) "
                "(raise the proxy's limit, for nginx with `client_max_body_size 0;`)\n"
            ),
        ),
        (
            Reply(301, b"<html>", {"Location": "https://big.example/api/v1/jobs"}),
            3,
            (
                "ffremote: {url} redirects to https://big.example/api/v1/jobs (301) "
                "(use --server https://big.example)\n"
            ),
        ),
        (
            Reply(401, b"<html>401 Authorization Required</html>"),
            3,
            (
                "ffremote: a proxy in front of {url} asks for a password (401) "
                "(ffremote sends only the token of an ffremote server, no password)\n"
            ),
        ),
        (
            Reply(502, b"<html>502 Bad Gateway"),
            3,
            (
                "ffremote: a proxy in front of {url} answered 502: "
                "the proxy cannot reach ffremote-server\n"
            ),
        ),
        (
            Reply(400, NGINX_400),
            3,
            "ffremote: {url} uses https, not http (use --server {secure})\n",
        ),
        (
            Reply(200, b"<html>Welcome to nginx!</html>"),
            3,
            (
                "ffremote: {url} answered 200, but is not an ffremote server "
                "(check --server or FFREMOTE_SERVER)\n"
            ),
        ),
    ],
)
def test_an_error_of_a_proxy_is_reported_as_the_proxys(
    ffremote: Ffremote, script: Script, source: Path, reply: Reply, status: int, sentence: str
) -> None:
    script.on("POST /jobs", reply)
    secure = script.url.replace("http:", "https:")

    done = ffremote("run", source.name, "-o", "out.mp4")

    assert done.returncode == status
    assert done.stderr == sentence.format(url=script.url, secure=secure)
    assert script.calls() == ["POST /jobs"]
