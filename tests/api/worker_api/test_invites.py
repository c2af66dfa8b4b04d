"""A line that makes another machine a worker: used once, within minutes, by nobody between."""

import ssl
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.api.access import attempts
from ffremote.api.access.auth import hash_of
from ffremote.clock import utc_now
from ffremote.db.database import writing
from ffremote.db.token import Invite
from ffremote.errors import ConfigurationError
from ffremote.jobs import tokens
from ffremote.jobs.fleet import invites
from ffremote.ledger.invitation import Invitation
from ffremote_worker import joined, joining, own_settings
from tests.support.both_databases import database_url, template
from tests.support.http_worker import API, HttpWorker
from tests.support.paths import CERTIFICATES
from tests.support.throttling_proxy import ThrottlingProxy

__all__ = ["database_url", "template"]

SECRET, TOKEN = "s" * 43, "t" * 43
JOIN = f"{API}/join"
USED = (
    "This invitation was used already; ask for another: flask worker invite on the server prints "
    "one."
)
Serve = Callable[[Flask], tuple[str, int]]
Front = Callable[[int, str], str]


def invite(session: Session, name: str = "attic", secret: str = SECRET) -> None:
    """Add an invitation that is valid for a minute."""
    invites.add(session, name=name, hashed=hash_of(secret), lifetime=timedelta(minutes=1))


def wish(secret: str = SECRET, token: str = TOKEN) -> dict[str, str]:
    return {"invite": secret, "token_hash": hash_of(token)}


def test_without_an_invitation_there_is_no_such_call(client: FlaskClient) -> None:
    assert client.post(JOIN, json=wish()).status_code == 404
    assert client.get(JOIN).status_code == 405


def test_an_invitation_becomes_a_token_once_and_a_lost_answer_may_be_asked_for_again(
    client: FlaskClient, session: Session
) -> None:
    invite(session)

    answers = [client.post(JOIN, json=wish()) for _ in range(2)]
    other = client.post(JOIN, json=wish(token="another"))

    assert [each.get_json() for each in answers] == [{"name": "attic"}] * 2
    assert (other.status_code, other.get_json()["error"]["message"]) == (401, USED)
    assert HttpWorker(client, TOKEN).register().status_code == 200
    assert HttpWorker(client, "another").register().status_code == 401
    assert [each.name for each in tokens.list_all(session)] == ["attic"]


def test_an_invitation_that_has_expired_is_refused(client: FlaskClient, session: Session) -> None:
    invite(session)
    with writing(session):
        session.execute(update(Invite).values(expires_at=utc_now() - timedelta(seconds=1)))

    refused = client.post(JOIN, json=wish())

    assert refused.status_code == 401
    assert "has expired" in refused.get_json()["error"]["message"]
    assert not tokens.list_all(session)


def test_attempts_that_fail_are_limited(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(attempts, "monotonic", lambda: now[0])
    invite(session)

    wrong = [client.post(JOIN, json=wish(str(n))).status_code for n in range(attempts.MOST + 2)]
    refused = client.post(JOIN, json=wish())
    now[0] += attempts.SECONDS + 1
    later = client.post(JOIN, json=wish())

    assert wrong == [401] * attempts.MOST + [429] * 2
    assert (refused.status_code, later.status_code) == (429, 200)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"invite": SECRET},
        {"invite": "", "token_hash": "0" * 64},
        {"invite": "x" * 101, "token_hash": "0" * 64},
        {"invite": SECRET, "token_hash": "x"},
        {"invite": "a\0b", "token_hash": "0" * 64},
        {"invite": SECRET, "token_hash": "0" * 64, "kind": "client"},
        [],
    ],
)
def test_a_wrong_wish_is_refused(client: FlaskClient, session: Session, body: object) -> None:
    invite(session)

    assert client.post(JOIN, json=body).status_code == 400


@pytest.mark.parametrize("taken", ["token", "invitation"])
def test_a_name_is_given_to_one_worker(session: Session, taken: str) -> None:
    invite(session)
    if taken == "token":
        invites.use(session, hash_of(SECRET), token_hash=hash_of(TOKEN))

    with pytest.raises(invites.NameInUse):
        invite(session, secret="another")


@pytest.fixture
def front() -> Iterator[Front]:
    """Put TLS with one of the certificates before a port; returns the URL."""
    proxies = []

    def start(port: int, certificate: str) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        proxy = ThrottlingProxy(port, tls=context)
        proxy.start()
        proxies.append(proxy)
        return proxy.url.replace("http://127.0.0.1", "https://localhost")

    yield start
    for each in proxies:
        each.close()


def test_another_machine_joins_with_the_line_and_keeps_its_token_to_itself(
    app: Flask,
    serve: Serve,
    front: Front,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = front(serve(app)[1], "right")
    made = app.test_cli_runner().invoke(args=["worker", "invite", "attic", "--url", url])
    line = made.stdout.split()[-1]
    home = tmp_path / "attic"

    assert made.stdout == f"ffremote-worker join {line}\n"
    assert joining.join(line, home) == url
    assert joining.join(line, home) == url  # as after a lost answer
    with pytest.raises(ConfigurationError, match="was used already"):
        joining.join(line, tmp_path / "thief")

    monkeypatch.setenv("FFREMOTE_DATA_DIR", str(home))
    settings = own_settings.load(worker_server=url)
    (stored,) = tokens.list_all(session)
    assert (stored.name, stored.hash) == ("attic", hash_of(settings.worker_token))
    assert Path(settings.worker_ca).read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert stat.S_IMODE((home / joined.FILE).stat().st_mode) == 0o600
    assert joined.read(tmp_path / "thief") == {}


def test_a_server_with_another_certificate_is_not_joined(
    app: Flask, serve: Serve, front: Front, session: Session, tmp_path: Path
) -> None:
    invite(session)
    line = Invitation(front(serve(app)[1], "other_name"), SECRET, "0" * 64).line

    with pytest.raises(ConfigurationError, match="shows another certificate"):
        joining.join(line, tmp_path)

    assert not tokens.list_all(session)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "https://box",
        "https://box#short",
        f"ftp://box#{SECRET}",
        f"https://box#{SECRET}",
        f"https://box#{SECRET}.{'0' * 63}",
        f"https://box #{SECRET}.{'0' * 64}",
    ],
)
def test_what_is_no_invitation_is_refused_without_its_secret(line: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        joining.join(line, tmp_path)

    assert SECRET not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a b", "--url", "http://box"], "1 to 64 letters"),
        (["a", "--url", "box:8080"], "is no address"),
        (["a", "--url", "https://localhost:1"], "cannot be read"),
        (["a", "--url", "http://box", "--valid", "25h"], "from 1s to 24h"),
        (["a", "--url", "http://box", "--valid", "0s"], "from 1s to 24h"),
        (["a"], "Missing option"),
    ],
)
def test_a_wrong_invitation_is_not_made(
    app: Flask, session: Session, args: list[str], said: str
) -> None:
    done = app.test_cli_runner().invoke(args=["worker", "invite", *args])

    assert done.exit_code == 2
    assert said in done.output
    assert not invites.exist(session)
