"""A wrong address, scheme, proxy or certificate is a one-sentence error with a remedy."""

import re
import ssl
import threading
import tomllib
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


@pytest.mark.parametrize("way", ["option", "variable", "profile"])
def test_the_certificates_of_a_private_authority_are_used(
    in_process: Ffremote, start_tls: StartTls, tmp_path: Path, way: str
) -> None:
    script = start_tls("right")
    right = str(CERTIFICATES / "right.pem")
    others = {"REQUESTS_CA_BUNDLE": str(CERTIFICATES / "other_name.pem")}

    done = {
        "option": lambda: in_process("list", "--server", script.url, "--ca", right, **others),
        "variable": lambda: in_process("list", FFREMOTE_SERVER=script.url, FFREMOTE_CA=right),
        "profile": lambda: in_process("list", "--profile", "p", **others, **profile(script)),
    }

    def profile(script: Script) -> dict[str, str]:
        path = tmp_path / "config.toml"
        path.write_text(f"[profiles.p]\nserver = '{script.url}'\nca = '{right}'\n")
        return {"FFREMOTE_CONFIG": str(path), "FFREMOTE_SERVER": ""}

    ended = done[way]()
    assert (ended.returncode, ended.stdout.split()[:1]) == (0, ["JOB"]), ended.stderr


def test_login_keeps_the_certificates_in_the_profile_for_this_server_only(
    in_process: Ffremote, start_tls: StartTls, tmp_path: Path
) -> None:
    script, other = start_tls("right"), start_tls("right")
    path = tmp_path / "config.toml"
    environ = {"FFREMOTE_CONFIG": str(path), "FFREMOTE_SERVER": ""}
    (tmp_path / "ca.pem").write_bytes((CERTIFICATES / "right.pem").read_bytes())

    refused = in_process("login", script.url, **environ)
    first = in_process("login", script.url, "--ca", "ca.pem", **environ)
    again = in_process("login", script.url, **environ)
    listed = in_process("list", **environ)
    elsewhere = in_process("list", "--server", other.url, **environ)
    plain = in_process("login", "http://localhost:1", "--ca", "ca.pem", **environ)

    assert refused.returncode == 3
    assert (first.returncode, again.returncode, listed.returncode) == (0, 0, 0), again.stderr
    assert tomllib.loads(path.read_text())["profiles"]["localhost"]["ca"] == str(
        tmp_path / "ca.pem"
    )
    assert "does not trust the certificate" in elsewhere.stderr
    assert plain.stderr.startswith("ffremote: --ca has certificates for https, and http://")
    assert (elsewhere.returncode, plain.returncode) == (3, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "the certificates in {path} cannot be read: No such file or directory"),
        ("no certificate", "{path} holds no certificate"),
    ],
)
def test_a_file_without_certificates_is_named(
    in_process: Ffremote, start_tls: StartTls, tmp_path: Path, content: str | None, message: str
) -> None:
    script, path = start_tls("right"), tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    done = in_process("list", "--server", script.url, "--ca", str(path))

    assert done.returncode == 6
    assert done.stderr.startswith(f"ffremote: {message.format(path=path)} (")


@pytest.mark.parametrize(
    ("certificate", "bundle", "sentence"),
    [
        (
            "right",
            "",
            (
                r"ffremote: this machine does not trust the certificate of localhost: self.signed "
                r"certificate \(--ca FILE, FFREMOTE_CA or `ffremote login --ca FILE` names a "
                r"private authority\)"
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


@pytest.mark.slow
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
