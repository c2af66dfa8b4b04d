"""Downloads that the server hands over to its object store."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli import Client, Unreachable
from ffremote_cli.errors import Misdirected
from tests.cli.client.test_download import CALL, RESULT, served
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Request, Script

STORED = "GET /bucket/key"
SIGNED = "/bucket/key?X-Amz-Signature=c0ffee"
TOKEN = "t0ken"


def redirecting(script: Script) -> Callable[[Request], Reply]:
    """Answer as a server whose clients are redirected."""

    def answer(request: Request) -> Reply:
        ours = served(request)
        names = ("ETag", "Repr-Digest")
        headers = {name: ours.headers[name] for name in names if name in ours.headers}
        return Reply(307, b"", {**headers, "Location": f"{script.url}{SIGNED}"})

    return answer


def stored(request: Request, *, cut_after: int | None = None) -> Reply:
    """Answer as an object store, which knows the file by its MD5."""
    ours = served(request, cut_after=cut_after)
    ours.headers.pop("Repr-Digest")
    ours.headers["ETag"] = '"md5"'
    return ours


def test_a_broken_download_goes_on_by_a_new_link_and_the_token_stays_with_the_server(
    script: Script, tmp_path: Path
) -> None:
    half = len(RESULT) // 2
    script.on(CALL, redirecting(script))
    script.on(STORED, lambda request: stored(request, cut_after=half), stored)

    with Client(script.url, token=TOKEN) as client:
        result = client.download(JOB, tmp_path / "out.mp4")

    assert result.sha256 == hashlib.sha256(RESULT).hexdigest()
    asked = [each for each in script.requests if each.path.startswith("/api/")]
    given = [each for each in script.requests if each.path == SIGNED]
    assert [each.headers["Prefer"] for each in asked] == ["redirect", "redirect"]
    assert {each.headers["Authorization"] for each in asked} == {f"Bearer {TOKEN}"}
    assert asked[1].headers["If-Range"] == '"one"'
    assert given[1].headers["Range"] == asked[1].headers["Range"]
    secret = {"Authorization", "If-Range", "Prefer", "Cookie"}
    assert not any(secret & set(each.headers) for each in given)


def test_other_bytes_than_the_server_announced_are_not_stored(
    script: Script, tmp_path: Path
) -> None:
    script.on(CALL, redirecting(script))
    script.on(STORED, Reply(200, bytes(len(RESULT))))

    with Client(script.url) as client, pytest.raises(Unreachable, match="arrived damaged"):
        client.download(JOB, tmp_path / "out.mp4")

    assert not (tmp_path / "out.mp4").exists()


REFUSED = Reply(403, b"<?xml?><Error><Code>AccessDenied</Code><Key>k</Key></Error>")


def test_after_an_expired_link_the_server_is_asked_for_another(
    script: Script, tmp_path: Path
) -> None:
    script.on(CALL, redirecting(script))
    script.on(STORED, REFUSED, stored)

    with Client(script.url) as client:
        assert client.download(JOB, tmp_path / "out.mp4").path.read_bytes() == RESULT


def test_a_link_that_is_never_taken_is_named_by_its_host_only(
    script: Script, tmp_path: Path
) -> None:
    script.on(CALL, redirecting(script))
    script.on(STORED, REFUSED)

    with (
        Client(script.url, patience_seconds=0) as client,
        pytest.raises(Unreachable, match=r"does not send the file \(403 AccessDenied\)") as raised,
    ):
        client.download(JOB, tmp_path / "out.mp4")

    assert "expires" in str(raised.value.hint)
    assert "c0ffee" not in f"{raised.value} {raised.value.hint}"


@pytest.mark.parametrize(
    ("link", "error", "reason"),
    [
        ("http://127.0.0.1:1/b/k?X-Amz-Signature=c0ffee", Unreachable, "connection refused"),
        ("ftp://127.0.0.1/b/k?X-Amz-Signature=c0ffee", Misdirected, "no web address"),
        ("file:///etc/passwd", Misdirected, "no web address"),
        ("http:///b?X-Amz-Signature=c0ffee", Misdirected, "no web address"),
    ],
)
def test_a_link_of_no_use_is_an_error_without_the_link(
    script: Script, tmp_path: Path, link: str, error: type[Exception], reason: str
) -> None:
    headers = {"Location": link, "Repr-Digest": "sha-256=:AAAA:"}
    script.on(CALL, Reply(307, b"", headers))

    with (
        Client(script.url, patience_seconds=0) as client,
        pytest.raises(error, match=reason) as raised,
    ):
        client.download(JOB, tmp_path / "out.mp4")

    assert "c0ffee" not in str(raised.value)


def test_a_redirect_that_no_ffremote_server_sends_is_refused(
    script: Script, tmp_path: Path
) -> None:
    script.on(CALL, Reply(307, b"", {"Location": f"{script.url}{SIGNED}"}))

    with Client(script.url) as client, pytest.raises(Misdirected, match="redirects to"):
        client.download(JOB, tmp_path / "out.mp4")
