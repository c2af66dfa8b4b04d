"""A film that changes while it is sent with its index first ends its upload and its job."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli import LocalFileProblem
from tests.cli.client.index_first.test_reordered import film
from tests.support.scripted_server import Request, Script
from tests.support.scripted_tus import SIZE, TusServer, client_for


@pytest.fixture
def large_film(tmp_path: Path) -> Path:
    """A film of `SIZE` bytes whose index is last."""
    path = tmp_path / "film.mp4"
    path.write_bytes(film(0, media=bytes(SIZE - len(film(0, media=b"")))))
    return path


def write_index(path: Path) -> None:
    """Move the only chunk, as a recorder does that closes its film."""
    content = bytearray(path.read_bytes())
    content[-1] += 1
    path.write_bytes(content)


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: SIZE // 2])


@pytest.mark.parametrize("change", [write_index, replace, cut])
def test_a_film_that_changes_ends_its_upload(
    script: Script,
    tus: TusServer,
    large_film: Path,
    tmp_path: Path,
    change: Callable[[Path], None],
) -> None:
    changed: list[int] = []

    def on_bytes(sent: int, _total: int | None) -> None:
        if not changed:
            change(large_film)
            changed.append(sent)

    with (
        client_for(script, tmp_path) as client,
        pytest.raises(LocalFileProblem, match=r"changed while it was|became shorter while it was"),
    ):
        client.submit(large_film, {"output_filename": "o.mkv"}, on_bytes=on_bytes)

    assert len(tus.bytes) < SIZE
    assert script.calls()[-1] == "DELETE /uploads/u"
    assert list((tmp_path / "uploads").glob("*.json")) == []


def test_a_film_that_changes_before_its_upload_is_resumed_is_sent_anew(
    script: Script, tus: TusServer, large_film: Path, tmp_path: Path
) -> None:
    def stop(sent: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with client_for(script, tmp_path) as client, pytest.raises(KeyboardInterrupt):
        client.submit(large_film, {"output_filename": "o.mkv"}, on_bytes=stop)
    write_index(large_film)
    tus.bytes.clear()

    with client_for(script, tmp_path) as client:
        client.submit(large_film, {"output_filename": "o.mkv"})

    assert script.calls().count("POST /uploads") == 2
    assert len(tus.bytes) == SIZE


def test_overlap_off_sends_the_film_as_it_is(
    script: Script, tus: TusServer, large_film: Path, tmp_path: Path
) -> None:
    created: list[Request] = []
    script.on("POST /uploads", lambda it: (created.append(it), tus.create(it))[1])

    with client_for(script, tmp_path, overlap="off") as client:
        client.submit(large_film, {"output_filename": "o.mkv"})

    assert bytes(tus.bytes) == large_film.read_bytes()
    assert "order " not in created[0].headers["Upload-Metadata"]
