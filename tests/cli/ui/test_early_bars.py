"""The bars of a job that is encoded while it is uploaded."""

from collections.abc import Callable
from pathlib import Path

from ffremote_cli.client.models import Status
from ffremote_cli.ui.progress_bars import ProgressDisplay
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Script, json_reply
from tests.support.scripted_tus import SIZE, TusServer
from tests.support.terminals import Terminal

EARLY = {
    "job_id": JOB,
    "state": "running",
    "phase": "uploading+transcoding",
    "progress_percent": 37,
    "upload": {"bytes": SIZE, "bytes_received": SIZE // 2, "percent": 50},
}


def test_both_bars_are_shown_during_the_upload(
    terminal: Callable[..., Terminal], script: Script, tmp_path: Path
) -> None:
    TusServer(script)
    (tmp_path / "large.mkv").write_bytes(b"\x1aE\xdf\xa3".ljust(SIZE, b"\0"))
    script.on(f"GET /jobs/{JOB}/status", json_reply(**EARLY))

    program = terminal(
        "run",
        str(tmp_path / "large.mkv"),
        *("-o", str(tmp_path / "out.mp4"), "--bwlimit", "1M"),
        FFREMOTE_SERVER=script.url,
    )

    program.wait_for("encode    37%")
    program.wait_for("upload")
    program.press(b"\x03")
    assert program.end() == 130


def test_the_early_bar_gives_way_to_that_of_the_encode() -> None:
    with ProgressDisplay(quiet=True) as display:
        view = display.view("film")
        view.sent(1, SIZE)

        view.status(Status.from_json(EARLY))
        view.status(Status.from_json({**EARLY, "upload": None, "progress_percent": 40}))

        assert view._early is None
        view.close()
