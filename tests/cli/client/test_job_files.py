"""The files of a job: listed in pages, downloaded into a directory, their names never trusted."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ffremote_cli import Client, LocalFileProblem, Refused, Unreachable
from ffremote_cli.client.transfer.overwrite_guard import Sources
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Request, Script, error_reply

FILES = {"list.m3u8": b"#EXTM3U\n", "s 0.ts": b"\x47" * 188, "ü.ts": bytes(range(256)) * 20_000}
LIST = f"GET /jobs/{JOB}/files"


def item(name: str, content: bytes = b"x", **changed: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(content).hexdigest()
    kind = {"content_type": "video/mp2t", "duration": None}
    return {"name": name, "bytes": len(content), "sha256": sha256, **kind, **changed}


def listing(items: list[dict[str, Any]], next_cursor: str | None = None) -> Reply:
    body = {"items": items, "total": len(items), "next_cursor": next_cursor}
    return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def call(name: str) -> str:
    return f"GET /jobs/{JOB}/files/{quote(name, safe='')}"


def serve(script: Script, files: dict[str, bytes] = FILES, *, cut: str = "") -> None:
    """Serve the list and the files; the file `cut` breaks off once, in the middle."""
    script.on(LIST, listing([item(name, content) for name, content in files.items()]))
    for name, content in files.items():
        half = len(content) // 2 if name == cut else None
        script.on(
            call(name), lambda r, c=content, h=half: sent(r, c, h), lambda r, c=content: sent(r, c)
        )


def sent(request: Request, content: bytes, cut_after: int | None = None) -> Reply:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    headers = {"ETag": '"one"', "Repr-Digest": f"sha-256=:{digest}:"}
    first, _, last = request.headers.get("Range", "").removeprefix("bytes=").partition("-")
    if not first:
        return Reply(200, content, headers, cut_after)
    end = min(int(last or len(content)), len(content) - 1)
    headers["Content-Range"] = f"bytes {first}-{end}/{len(content)}"
    return Reply(206, content[int(first) : end + 1], headers, cut_after)


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_list_is_read_to_its_end(script: Script) -> None:
    script.on(LIST, listing([item("a")], "1"), listing([item("b", duration=1.5)]))

    with Client(script.url) as client:
        files = client.files(JOB)

    assert [(each.name, each.bytes, each.duration) for each in files] == [
        ("a", 1, None),
        ("b", 1, 1.5),
    ]


@pytest.mark.parametrize(
    "reply",
    [
        listing([], "1"),
        listing([item("a")] * 20_001, "1"),
        listing([{"name": "a"}]),
        listing([item("a", bytes="many")]),
        Reply(200, b"{}", {"Content-Type": "application/json"}),
    ],
    ids=["endless", "too long", "no size", "a wrong size", "no list"],
)
def test_a_list_of_a_hostile_server_is_refused(script: Script, reply: Reply) -> None:
    script.on(LIST, reply)

    with Client(script.url) as client, pytest.raises(Unreachable):
        client.files(JOB)


def test_all_files_are_downloaded(script: Script, tmp_path: Path) -> None:
    serve(script)
    seen: list[tuple[int, int | None]] = []

    with Client(script.url) as client:
        done = client.download_files(
            JOB, tmp_path / "new" / "folder", on_bytes=lambda *step: seen.append(step)
        )

    size = sum(map(len, FILES.values()))
    assert stored(tmp_path / "new" / "folder") == FILES
    assert [(each.path.name, each.bytes) for each in done] == [
        (n, len(c)) for n, c in FILES.items()
    ]
    assert seen[-1] == (size, size)
    assert [step[0] for step in seen] == sorted(step[0] for step in seen)


def test_a_broken_file_is_resumed(script: Script, tmp_path: Path) -> None:
    serve(script, cut="ü.ts")

    with Client(script.url) as client:
        client.download_files(JOB, tmp_path)

    assert stored(tmp_path) == FILES
    ranges = [r.headers["Range"] for r in script.requests if "Range" in r.headers]
    assert len(ranges) == 1
    assert ranges[0] != "bytes=0-"


def test_files_that_are_there_already_are_kept(script: Script, tmp_path: Path) -> None:
    serve(script)
    (tmp_path / "s 0.ts").write_bytes(FILES["s 0.ts"])
    before = (tmp_path / "s 0.ts").stat().st_ino

    with Client(script.url) as client:
        client.download_files(JOB, tmp_path)

    assert stored(tmp_path) == FILES
    assert (tmp_path / "s 0.ts").stat().st_ino == before
    assert len(script.requests) == 3


def test_nothing_is_overwritten_and_nothing_is_begun(script: Script, tmp_path: Path) -> None:
    serve(script)
    (tmp_path / "ü.ts").write_text("precious")

    with Client(script.url) as client, pytest.raises(LocalFileProblem, match="exists already"):
        client.download_files(JOB, tmp_path)

    assert stored(tmp_path) == {"ü.ts": b"precious"}
    assert len(script.requests) == 1


def test_overwrite_replaces_a_file_and_a_link_but_not_what_it_points_to(
    script: Script, tmp_path: Path
) -> None:
    serve(script)
    (tmp_path / "elsewhere").write_text("precious")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "ü.ts").write_text("old")
    (folder / "s 0.ts").symlink_to(tmp_path / "elsewhere")

    with Client(script.url) as client:
        client.download_files(JOB, folder, overwrite=True)

    assert stored(folder) == FILES
    assert (tmp_path / "elsewhere").read_text() == "precious"


def test_an_input_is_never_replaced(script: Script, tmp_path: Path) -> None:
    serve(script)
    (tmp_path / "ü.ts").write_text("input")
    sources = Sources.of([tmp_path / "ü.ts"])

    with Client(script.url) as client, pytest.raises(LocalFileProblem, match="never replaces"):
        client.download_files(JOB, tmp_path, overwrite=True, sources=sources)

    assert stored(tmp_path) == {"ü.ts": b"input"}


HOSTILE = [
    *("../a.ts", "/etc/passwd", "a/b.ts", "a\\b.ts", "C:\\a.ts", "..", ".", "", "-rf", " a.ts"),
    *("a.ts ", "a.ts.", "a\n.ts", "a\0.ts", "a\x1b[2J.ts", "a\u202egpj.ts", "\ud800.ts"),
    *("CON", "nul.ts", "Com1.ts", "x" * 256, f"a.ts.{JOB[:8]}.partial"),
]


@pytest.mark.parametrize("name", HOSTILE, ids=[ascii(name)[:30] for name in HOSTILE])
def test_a_hostile_name_stops_all(script: Script, tmp_path: Path, name: str) -> None:
    script.on(LIST, listing([item("good.ts"), item(name)]))

    with Client(script.url) as client, pytest.raises(LocalFileProblem, match="the server names"):
        client.download_files(JOB, tmp_path / "folder")

    assert list(tmp_path.iterdir()) == []
    assert len(script.requests) == 1


@pytest.mark.parametrize("pair", [("a.ts", "A.ts"), ("é.ts", "e\u0301.ts"), ("a.ts", "a.ts")])
def test_names_that_a_file_system_may_confuse_stop_all(
    script: Script, tmp_path: Path, pair: tuple[str, str]
) -> None:
    script.on(LIST, listing([item(name) for name in pair]))

    with Client(script.url) as client, pytest.raises(LocalFileProblem, match="the same"):
        client.download_files(JOB, tmp_path / "folder")


def test_other_bytes_than_listed_are_not_stored(script: Script, tmp_path: Path) -> None:
    script.on(LIST, listing([item("a.ts", b"listed")]))
    script.on(call("a.ts"), lambda request: sent(request, b"others"))

    with Client(script.url) as client, pytest.raises(Unreachable, match="arrived damaged"):
        client.download_files(JOB, tmp_path)

    assert not (tmp_path / "a.ts").exists()


def test_a_file_that_is_refused_ends_the_others(script: Script, tmp_path: Path) -> None:
    serve(script)
    script.on(call("s 0.ts"), error_reply(410, "RESULT_EXPIRED", "It was removed."))

    with Client(script.url) as client, pytest.raises(Refused, match="removed"):
        client.download_files(JOB, tmp_path)

    assert not (tmp_path / "s 0.ts").exists()


def test_an_archive_gets_no_name_of_a_media_file(script: Script, tmp_path: Path) -> None:
    script.on(f"GET /jobs/{JOB}/result", Reply(200, b"PK", {"Content-Type": "application/zip"}))

    with Client(script.url) as client:
        with pytest.raises(LocalFileProblem, match="several files"):
            client.download(JOB, tmp_path / "out.mp4")
        client.download(JOB, tmp_path / "out.zip")

    assert not (tmp_path / "out.mp4").exists()
    assert (tmp_path / "out.zip").read_bytes() == b"PK"
