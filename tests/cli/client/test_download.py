"""Results are stored completely or not at all, and stored bytes are not fetched again."""

import base64
import hashlib
import threading
from pathlib import Path

import pytest

from ffremote_cli import Client, LocalFileProblem, Refused, Unreachable
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Request, Script, error_reply

RESULT = bytes(range(256)) * 20_000
CALL = f"GET /jobs/{JOB}/result"


def served(request: Request, *, cut_after: int | None = None) -> Reply:
    """Reply as a correct server does, with ranges."""
    digest = base64.b64encode(hashlib.sha256(RESULT).digest()).decode()
    headers = {"ETag": '"one"', "Repr-Digest": f"sha-256=:{digest}:"}
    wanted = request.headers.get("Range", "").removeprefix("bytes=")
    if not wanted or request.headers.get("If-Range", '"one"') != '"one"':
        return Reply(200, RESULT, headers, cut_after)
    first, _, last = wanted.partition("-")
    if int(first) >= len(RESULT):
        return error_reply(416, "INVALID_ARGUMENT", "The range lies behind the end.")
    end = min(int(last or len(RESULT)), len(RESULT) - 1)
    headers["Content-Range"] = f"bytes {first}-{end}/{len(RESULT)}"
    return Reply(206, RESULT[int(first) : end + 1], headers, cut_after)


def ranges(script: Script) -> list[str | None]:
    return [request.headers.get("Range") for request in script.requests]


def test_an_interrupted_download_resumes(script: Script, tmp_path: Path) -> None:
    half = len(RESULT) // 2
    script.on(CALL, lambda request: served(request, cut_after=half), served)

    with Client(script.url) as client:
        result = client.download(JOB, tmp_path / "out.mp4")

    assert result.sha256 == hashlib.sha256(RESULT).hexdigest()
    assert result.path.read_bytes() == RESULT
    assert ranges(script)[0] is None
    first = int((ranges(script)[1] or "").removeprefix("bytes=").removesuffix("-"))
    assert 0 < first <= half
    assert script.requests[1].headers["If-Range"] == '"one"'
    assert list(tmp_path.iterdir()) == [result.path]


def test_a_partial_file_of_an_earlier_run_is_resumed(script: Script, tmp_path: Path) -> None:
    (tmp_path / f"out.mp4.{JOB[:8]}.partial").write_bytes(RESULT[:1000])
    script.on(CALL, served)

    with Client(script.url) as client:
        result = client.download(JOB, tmp_path / "out.mp4")

    assert result.path.read_bytes() == RESULT
    assert ranges(script) == ["bytes=0-0", "bytes=1000-"]


def test_a_wrong_partial_file_is_fetched_again(script: Script, tmp_path: Path) -> None:
    (tmp_path / f"out.mp4.{JOB[:8]}.partial").write_bytes(b"x" * 1000)
    script.on(CALL, served)

    with Client(script.url) as client:
        result = client.download(JOB, tmp_path / "out.mp4")

    assert result.path.read_bytes() == RESULT


def test_a_partial_file_larger_than_the_result_is_discarded(script: Script, tmp_path: Path) -> None:
    (tmp_path / f"out.mp4.{JOB[:8]}.partial").write_bytes(RESULT + b"more")
    script.on(CALL, served)

    with Client(script.url) as client:
        result = client.download(JOB, tmp_path / "out.mp4")

    assert result.path.read_bytes() == RESULT


def test_a_damaged_result_is_not_stored(script: Script, tmp_path: Path) -> None:
    damaged = Reply(200, b"damaged", {"Repr-Digest": f"sha-256=:{'A' * 43}=:"})
    script.on(CALL, damaged)

    with Client(script.url) as client, pytest.raises(Unreachable, match="arrived damaged"):
        client.download(JOB, tmp_path / "out.mp4")

    assert not (tmp_path / "out.mp4").exists()


def test_an_existing_file_stays(script: Script, tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_text("precious")

    with Client(script.url) as client, pytest.raises(LocalFileProblem, match="exists already"):
        client.download(JOB, tmp_path / "out.mp4")

    assert (tmp_path / "out.mp4").read_text() == "precious"
    assert script.requests == []


def test_a_file_that_appears_during_the_download_stays(script: Script, tmp_path: Path) -> None:
    def served_late(request: Request) -> Reply:
        (tmp_path / "out.mp4").write_text("precious")
        return served(request)

    script.on(CALL, served_late)

    with Client(script.url) as client, pytest.raises(LocalFileProblem, match="exists already"):
        client.download(JOB, tmp_path / "out.mp4")

    assert (tmp_path / "out.mp4").read_text() == "precious"


def test_a_second_download_to_the_same_name_is_refused(script: Script, tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def served_slowly(request: Request) -> Reply:
        begun.set()
        assert go_on.wait(30)
        return served(request)

    script.on(CALL, served_slowly)
    with Client(script.url) as client:
        first = threading.Thread(target=client.download, args=(JOB, tmp_path / "out.mp4"))
        first.start()
        assert begun.wait(30)

        with pytest.raises(LocalFileProblem, match="is being downloaded already"):
            client.download(JOB, tmp_path / "out.mp4")

        go_on.set()
        first.join()
    assert (tmp_path / "out.mp4").read_bytes() == RESULT


def test_an_expired_result_is_an_error_with_a_remedy(script: Script, tmp_path: Path) -> None:
    script.on(CALL, error_reply(410, "RESULT_EXPIRED", "The files are gone."))

    with Client(script.url) as client, pytest.raises(Refused) as caught:
        client.download(JOB, tmp_path / "out.mp4")

    assert (caught.value.code, caught.value.status) == ("RESULT_EXPIRED", 410)
    assert caught.value.hint == "the server keeps results for a limited time; submit the job again"
    assert list(tmp_path.glob("out.mp4")) == []


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="out.mp4"', "out.mp4"),
        ("attachment; filename*=UTF-8''f%C3%BCr.mp4", "für.mp4"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x\\\\y.mp4"', "y.mp4"),
        ('attachment; filename=".."', None),
        ("", None),
    ],
)
def test_the_offered_name_never_leaves_the_directory(
    script: Script, header: str, name: str | None
) -> None:
    script.on(CALL, Reply(200, b"x", {"Content-Disposition": header} if header else {}))

    with Client(script.url) as client:
        assert client.result_name(JOB) == name
