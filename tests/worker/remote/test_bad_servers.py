"""What a worker makes of a server, or of what is between, that breaks off, lies or refuses."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway, FileLost
from ffremote.errors import ConfigurationError
from ffremote.ledger import needs
from ffremote.ledger.protocol import LedgerAway, LedgerRefused
from ffremote.ledger.values import Claim, ClaimRequest, Description, NewWorker, ProgressUpdate
from ffremote.states import Phase
from ffremote.version import __version__
from ffremote_worker.remote import sending
from tests.support.http_worker import CAPABILITIES
from tests.support.scripted_server import Reply, Request, Script, error_reply, json_reply
from tests.support.server_processes import free_port
from tests.worker.remote.conftest import Remote

JOB, TOKEN, UPLOAD, WORKER = "1" * 32, "2" * 32, "3" * 32, "4" * 32
CLAIM = f"/worker/v1/jobs/{JOB}/{TOKEN}"
DATA = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(DATA).hexdigest()
CLAIMED = {
    "job_id": JOB,
    "token": TOKEN,
    "attempt": 1,
    "spec": "{}",
    "inputs": [{"upload_id": UPLOAD, "bytes": len(DATA), "sha256": SHA256}],
}
HELD = Claim(JOB, TOKEN, 1, (UPLOAD,), "{}")
LOST = error_reply(410, "CLAIM_LOST", "No worker of this token holds the job.")
NEW = NewWorker(WORKER, 1, "9.0", "limits", CAPABILITIES)
DONE = Reply(204)
HTML = {"Content-Type": "text/html"}


def claim(remote: Remote, script: Script, **changes: Any) -> Claim | None:
    script.on("POST /worker/v1/claims", json_reply(**CLAIMED | changes))
    return remote.ledger.claim(ClaimRequest(TOKEN, WORKER, WORKER, needs.ALL))


def ranged(request: Request) -> Reply:
    """Reply as a server to a request for the rest of the input."""
    start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
    headers = {"Content-Range": f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"}
    return Reply(206, DATA[start:], headers)


def fetch(remote: Remote, script: Script, target: Path, *replies: Any) -> bytes:
    claim(remote, script)
    script.on(f"GET {CLAIM}/inputs/0", *replies)
    remote.depot.fetch(keys.upload(UPLOAD), target, sha256=SHA256)
    return target.read_bytes()


@pytest.mark.parametrize(
    ("replies", "calls"),
    [
        ([Reply(200, DATA, cut_after=300_000), ranged], 2),
        ([Reply(200, DATA, cut_after=300_000), Reply(200, DATA)], 2),
        ([error_reply(503, "SERVICE_UNAVAILABLE", "Away."), Reply(200, DATA)], 2),
        ([Reply(504, b"<html>", HTML), Reply(200, DATA)], 2),
        ([Reply(200, DATA[:-1] + b"x"), Reply(200, DATA)], 2),
        ([Reply(200, DATA[:100]), Reply(200, DATA)], 2),
    ],
    ids=["broken", "no ranges", "away", "proxy", "damaged", "short"],
)
def test_an_input_arrives_whole_all_the_same(
    scripted: Remote, script: Script, tmp_path: Path, replies: list[Any], calls: int
) -> None:
    assert fetch(scripted, script, tmp_path / "input", *replies) == DATA
    assert len([each for each in script.calls() if each.startswith("GET")]) == calls


def test_an_input_that_always_arrives_damaged_is_lost_and_leaves_nothing(
    scripted: Remote, script: Script, tmp_path: Path
) -> None:
    with pytest.raises(FileLost):
        fetch(scripted, script, tmp_path / "input", Reply(200, DATA + b"x"))
    assert not (tmp_path / "input").exists()


class Results:
    """A server's side of one result: `replies` come first, then it works."""

    def __init__(self, script: Script, *replies: Reply) -> None:
        self.data = b""
        self.replies = list(replies)
        self.sizes: list[int] = []
        script.on(f"HEAD {CLAIM}/results/0", lambda _: self._offset(200))
        script.on(f"PATCH {CLAIM}/results/0", self._patch)
        script.on(f"POST {CLAIM}/results", json_reply(bytes=1, sha256=SHA256, crc32s=[]))

    def _offset(self, status: int) -> Reply:
        return Reply(status, b"", {"Upload-Offset": str(len(self.data))})

    def _patch(self, request: Request) -> Reply:
        self.sizes.append(len(request.body))
        offset = int(request.headers["Upload-Offset"])
        if offset != len(self.data):
            return error_reply(409, "UPLOAD_CONFLICT", "No.", offset=len(self.data))
        if self.replies and (reply := self.replies.pop(0)).status != 204:
            return reply
        self.data += request.body
        return self._offset(204)


def keep(remote: Remote, tmp_path: Path, data: bytes = DATA) -> Path:
    path = tmp_path / "out.mp4"
    path.write_bytes(data)
    remote.depot.keep(path, keys.result(JOB, TOKEN))
    return path


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first piece that is a fraction of the result."""
    monkeypatch.setattr(sending, "FIRST_BYTES", 128 << 10)


@pytest.mark.parametrize(
    "reply",
    [
        error_reply(503, "SERVICE_UNAVAILABLE", "Away."),
        error_reply(507, "INSUFFICIENT_STORAGE", "The disk of the server is full."),
        error_reply(423, "UPLOAD_CONFLICT", "Locked."),
        Reply(504, b"<html>", HTML),
        Reply(413, b"<html>", HTML),
    ],
    ids=["away", "full", "locked", "proxy", "too large for the proxy"],
)
@pytest.mark.usefixtures("small_pieces")
def test_a_result_that_is_refused_for_now_is_sent_from_where_it_was(
    scripted: Remote, script: Script, tmp_path: Path, reply: Reply
) -> None:
    results = Results(script, DONE, reply)

    path = keep(scripted, tmp_path)

    assert results.data == DATA
    assert not path.exists()


@pytest.mark.usefixtures("small_pieces")
def test_pieces_become_as_small_as_a_proxy_takes_and_stay_so(
    scripted: Remote, script: Script, tmp_path: Path
) -> None:
    too_large = Reply(413, b"<html>", HTML)
    results = Results(script, too_large)

    keep(scripted, tmp_path)

    assert results.data == DATA
    assert results.sizes[0] == 128 << 10
    assert set(results.sizes[1:-1]) == {64 << 10}


@pytest.mark.usefixtures("small_pieces")
def test_pieces_become_smaller_when_a_proxy_hangs_up(
    scripted: Remote, script: Script, tmp_path: Path
) -> None:
    results = Results(script, error_reply(502, "INTERNAL_ERROR", "Broken."))

    keep(scripted, tmp_path)

    assert results.data == DATA
    assert results.sizes[:2] == [128 << 10, 64 << 10]


def test_an_empty_result_whose_only_call_broke_is_sent_again(
    scripted: Remote, script: Script, tmp_path: Path
) -> None:
    results = Results(script, error_reply(503, "SERVICE_UNAVAILABLE", "Away."))

    keep(scripted, tmp_path, b"")

    assert results.sizes == [0, 0]


@pytest.mark.usefixtures("small_pieces")
def test_a_result_whose_pieces_reach_different_servers_says_what_the_proxy_must_do(
    scripted: Remote, script: Script, tmp_path: Path
) -> None:
    servers = [Results(script), Results(script)]

    def next_one(request: Request) -> Reply:
        servers.reverse()
        return servers[0]._patch(request)

    script.on(f"PATCH {CLAIM}/results/0", next_one)

    with pytest.raises(DepotAway, match="the proxy must send all calls of a claim to one of them"):
        keep(scripted, tmp_path)


def test_a_result_beyond_the_limit_of_the_server_is_a_file_too_large(
    scripted: Remote, script: Script, tmp_path: Path
) -> None:
    Results(script, error_reply(413, "FILE_TOO_LARGE", "At most 9 bytes.", max_bytes=9))

    with pytest.raises(OSError, match="At most 9 bytes"):
        keep(scripted, tmp_path)


def test_publishing_is_asked_again_while_the_server_works_on_it(
    scripted: Remote, script: Script, tmp_path: Path
) -> None:
    Results(script)
    script.on(
        f"POST {CLAIM}/results",
        Reply(504, b"<html>", HTML),
        error_reply(423, "UPLOAD_CONFLICT", "Another request works on these results."),
        json_reply(bytes=len(DATA), sha256=SHA256, crc32s=[]),
    )

    keep(scripted, tmp_path)

    assert script.calls().count(f"POST {CLAIM}/results") == 3


def test_results_that_arrived_damaged_stay_here_to_be_sent_again(
    scripted: Remote, script: Script, tmp_path: Path
) -> None:
    Results(script)
    script.on(
        f"POST {CLAIM}/results",
        error_reply(400, "INVALID_ARGUMENT", "files[0].sha256: send it again.", field="x"),
    )

    with pytest.raises(DepotAway, match="send it again"):
        keep(scripted, tmp_path)
    assert (tmp_path / "out.mp4").read_bytes() == DATA


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (DONE, True),
        (LOST, False),
        (error_reply(401, "UNAUTHORIZED", "This token was revoked."), False),
        (error_reply(403, "FORBIDDEN", "This token is one of a client."), False),
        (error_reply(404, "NOT_FOUND", "It does not exist."), False),
        (error_reply(500, "INTERNAL_ERROR", "Internal error."), LedgerAway),
        (error_reply(429, "QUEUE_FULL", "Later."), LedgerAway),
        (Reply(502, b"<html>", HTML), LedgerAway),
        (Reply(404, b"<html>", HTML), LedgerAway),
        (Reply(302, b"", {"Location": "https://login.example/"}), LedgerAway),
        (error_reply(400, "INVALID_ARGUMENT", "Wrong."), LedgerRefused),
    ],
    ids=lambda each: str(each.status) if isinstance(each, Reply) else "",
)
def test_an_answer_to_a_heartbeat_says_whether_the_claim_is_held(
    scripted: Remote, script: Script, reply: Reply, expected: Any
) -> None:
    script.on(f"POST {CLAIM}/beat", reply)
    update = ProgressUpdate(Phase.TRANSCODING, 5)

    if isinstance(expected, bool):
        assert scripted.ledger.beat(HELD, update) is expected
    else:
        with pytest.raises(expected):
            scripted.ledger.beat(HELD, update)


@pytest.mark.parametrize(
    "changes",
    [
        {"job_id": "../../etc"},
        {"token": "x"},
        {"inputs": [{"upload_id": "../x", "bytes": 1, "sha256": SHA256}]},
        {"inputs": [{"upload_id": UPLOAD, "bytes": 1, "sha256": "../../x"}]},
        {"inputs": [{"upload_id": UPLOAD, "bytes": 1, "sha256": ""}]},
        {"attempt": "many"},
    ],
    ids=str,
)
def test_a_claim_that_no_server_sends_touches_no_path(
    scripted: Remote, script: Script, changes: dict[str, Any]
) -> None:
    with pytest.raises(LedgerAway):
        claim(scripted, script, **changes)
    assert list(scripted.storage.jobs.iterdir()) == []
    assert list(scripted.storage.run.glob("*.claim")) == []


def test_what_a_newer_server_says_in_addition_is_left_out(scripted: Remote, script: Script) -> None:
    found = claim(scripted, script, labels=["gpu"])

    assert found == HELD


def test_a_log_goes_on_where_the_server_is_and_a_refused_one_costs_no_job(
    scripted: Remote, script: Script
) -> None:
    scripted.storage.job_dir(JOB).mkdir()
    scripted.ledger.log_path(HELD).write_bytes(b"0123456789")
    script.on(
        f"POST {CLAIM}/log",
        DONE,
        error_reply(409, "UPLOAD_CONFLICT", "The log has 4 bytes.", offset=4),
        error_reply(413, "FILE_TOO_LARGE", "Too much."),
    )
    script.on(f"POST {CLAIM}/beat", DONE)
    script.on(f"POST {CLAIM}/release", DONE)

    scripted.ledger.beat(HELD, ProgressUpdate(Phase.TRANSCODING, 1))
    with scripted.ledger.log_path(HELD).open("ab") as log:
        log.write(b"ab")

    assert scripted.ledger.release(HELD, message="m")
    sent = [each.body for each in script.requests if each.path.endswith("/log")]
    assert sent == [b"0123456789", b"ab", b"456789ab"]


def test_what_is_too_long_for_the_server_is_cut(scripted: Remote, script: Script) -> None:
    script.on(f"POST {CLAIM}/describe", DONE)

    assert scripted.ledger.describe(HELD, Description("c" * (2 << 20), ["w" * 9000] * 2000, {}))

    [body] = [json.loads(each.body) for each in script.requests]
    assert (len(body["command"]), len(body["warnings"]), len(body["warnings"][0])) == (
        1 << 20,
        1000,
        4000,
    )


def test_text_that_no_database_takes_is_refused_at_once(scripted: Remote) -> None:
    with pytest.raises(LedgerRefused):
        scripted.ledger.describe(HELD, Description("half \ud800", [], {}))


REGISTERED = f"PUT /worker/v1/workers/{WORKER}"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (error_reply(404, "NOT_FOUND", "/worker does not exist."), "no token of a worker"),
        (error_reply(401, "UNAUTHORIZED", "Unknown token."), r"Unknown token; `flask token add"),
        (error_reply(401, "UNAUTHORIZED", "This token was revoked; ask."), "was revoked; ask; "),
        (error_reply(403, "FORBIDDEN", "This token is one of a client."), "one of a client; "),
        (error_reply(400, "INVALID_ARGUMENT", "labels: extra."), f"version {__version__}: labels"),
    ],
    ids=["none yet", "unknown", "revoked", "client", "version"],
)
def test_a_server_that_does_not_take_the_worker_says_why(
    scripted: Remote, script: Script, reply: Reply, words: str
) -> None:
    script.on(REGISTERED, reply)

    with pytest.raises(ConfigurationError, match=words):
        scripted.ledger.register(NEW)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            Reply(302, b"", {"Location": "https://box.example/x"}),
            "redirects to https://box.example",
        ),
        (Reply(401, b"<html>", HTML), "asks for a password"),
    ],
    ids=["redirect", "password"],
)
def test_an_address_that_is_wrong_is_said_at_once(
    scripted: Remote, script: Script, reply: Reply, words: str
) -> None:
    script.on(REGISTERED, reply)

    with pytest.raises(LedgerAway, match=words):
        scripted.ledger.register(NEW)
    assert len(script.requests) == 1


def test_a_server_that_comes_back_is_waited_for(
    scripted: Remote, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    script.on(
        REGISTERED,
        Reply(502, b"<html>", HTML),
        json_reply(version="0.0.1", lease_seconds=30.0),
    )

    scripted.ledger.register(NEW)

    said = [record.getMessage() for record in caplog.records]
    assert "the proxy cannot reach ffremote-server" in said[0]
    assert said[1] == f"{script.url} has version 0.0.1, this worker {__version__}"


def test_a_worker_that_the_server_forgot_registers_again(scripted: Remote, script: Script) -> None:
    beat = f"POST /worker/v1/workers/{WORKER}/beat"
    script.on(REGISTERED, json_reply(version=__version__, lease_seconds=30.0))
    script.on(beat, error_reply(404, "NOT_FOUND", "Register it first."), json_reply(drain=True))
    scripted.ledger.register(NEW)

    scripted.ledger.record_heartbeat(WORKER)
    scripted.ledger.record_heartbeat(WORKER)

    assert script.calls() == [REGISTERED, beat, REGISTERED, beat]
    assert scripted.ledger.is_asked_to_drain(WORKER)


def test_no_server_at_all_is_named_with_what_to_check(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    remote = Remote(tmp_path / "worker", url, "secret")

    with pytest.raises(LedgerAway, match=f"cannot reach {url}: connection refused; check that"):
        remote.ledger.record_heartbeat(WORKER)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"worker_ca": "/nowhere.pem"}, "FFREMOTE_WORKER_CA: the certificates in /nowhere"),
        ({"worker_rate": "fast"}, "FFREMOTE_WORKER_RATE: 'fast' is not"),
        ({"worker_rate": "1k"}, "FFREMOTE_WORKER_RATE: 1k bytes per second are less"),
        ({"database_url": "postgresql://x/y"}, "FFREMOTE_DATABASE_URL and FFREMOTE_WORKER_SERVER"),
        ({"storage_url": "s3://films/p"}, "FFREMOTE_STORAGE_URL and FFREMOTE_WORKER_SERVER"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Remote(tmp_path / "worker", "https://box.example", "secret", **settings)


@pytest.mark.parametrize(
    ("server", "token", "words"),
    [
        ("ftp://box", "secret", "FFREMOTE_WORKER_SERVER: 'ftp://box' is not a server address"),
        ("http://box", "two\nlines", "FFREMOTE_WORKER_TOKEN: the token has a line break"),
        ("http://box", "", "FFREMOTE_WORKER_TOKEN is not set; on the server, `flask token add"),
    ],
)
def test_a_wrong_address_or_token_is_named(
    tmp_path: Path, server: str, token: str, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Remote(tmp_path / "worker", server, token)


def test_the_directory_of_a_server_is_refused(tmp_path: Path) -> None:
    (tmp_path / "worker").mkdir()
    (tmp_path / "worker" / "ffremote.db").touch()

    with pytest.raises(ConfigurationError, match="has the database of a server"):
        Remote(tmp_path / "worker", "http://box", "secret")
