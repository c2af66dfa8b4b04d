"""Files that grow, change or vanish while they are sent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli import Client, LocalFileProblem
from tests.support.scripted_job import JOB, script_completed_job
from tests.support.scripted_server import Script


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def vanish(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(("change", "warns"), [(grow, True), (replace, True), (vanish, False)])
def test_a_file_that_changes_is_sent_with_a_warning(
    script: Script, source: Path, change: Callable[[Path], None], warns: bool
) -> None:
    script_completed_job(script)
    size, warnings, changed = source.stat().st_size, list[str](), list[int]()

    def on_bytes(done: int, _total: int | None) -> None:
        if not changed:
            change(source)
            changed.append(done)

    with Client(script.url, on_warning=warnings.append) as client:
        accepted = client.submit(source, {"output_filename": "out.mp4"}, on_bytes=on_bytes)

    assert accepted.job_id == JOB
    assert len(script.requests[-1].body) > size
    assert bool(warnings) == warns
    assert all(f"{source} changed while it was uploaded" in each for each in warnings)


def test_a_file_that_is_cut_off_is_an_error(script: Script, source: Path) -> None:
    script_completed_job(script)

    def cut(_done: int, _total: int | None) -> None:
        source.write_bytes(b"short")

    with (
        Client(script.url) as client,
        pytest.raises(LocalFileProblem, match="became shorter while it was being uploaded"),
    ):
        client.submit(source, {"output_filename": "out.mp4"}, on_bytes=cut)
