"""`--bwlimit`: the bytes per second of all transfers of a client together."""

import threading
from pathlib import Path

import pytest

from ffremote_cli import Client, Stopped
from ffremote_cli.client.rate_limit import RateLimit, bytes_per_second
from tests.support.scripted_job import JOB, RESULT, script_completed_job
from tests.support.scripted_server import Ffremote, Script


class Waits(threading.Event):
    """An event that records how long one waits for it, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout or 0)
        return self.is_set()


def test_each_block_waits_for_those_before_it() -> None:
    limit, waits = RateLimit(10_000), Waits()

    for _ in range(3):
        limit.wait(20_000, waits)

    assert waits.seconds == pytest.approx([2, 4, 6], abs=0.5)
    assert limit.block == 1250


def test_without_a_limit_nothing_waits() -> None:
    waits = Waits()

    RateLimit().wait(1 << 40, waits)

    assert waits.seconds == []


def test_ctrl_c_ends_the_wait() -> None:
    stop = threading.Event()
    stop.set()

    with pytest.raises(Stopped):
        RateLimit(10_000).wait(1 << 40, stop)


@pytest.mark.parametrize(
    ("text", "value"), [("10000", 10_000), ("500k", 500_000), ("1.5M", 1_500_000), ("2g", 2e9)]
)
def test_a_rate_has_a_unit(text: str, value: float) -> None:
    assert bytes_per_second(text) == value


@pytest.mark.parametrize("text", ["", "2MB", "-1", "fast", "0", "9999", "1e9", "٣M"])
def test_any_other_text_is_a_usage_error(
    ffremote: Ffremote, script: Script, source: Path, text: str
) -> None:
    with pytest.raises(ValueError, match="bytes per second"):
        bytes_per_second(text)

    if text:
        assert ffremote("run", source.name, "-o", "o.mp4", "--bwlimit", text).returncode == 2
    assert script.requests == []


def test_upload_and_download_use_the_limit(
    script: Script, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script_completed_job(script)
    counted: list[int] = []
    monkeypatch.setattr(RateLimit, "wait", lambda _self, count, _stop: counted.append(count))

    with Client(script.url, bytes_per_second=1_000_000) as client:
        client.submit(source, {"output_filename": "out.mp4"})
        client.download(JOB, tmp_path / "out.mp4")

    assert sum(counted) == source.stat().st_size + len(RESULT)
    assert max(counted) <= 125_000


def test_the_file_and_the_environment_set_it_and_progress(
    ffremote: Ffremote, script: Script, source: Path, client_environ: dict[str, str]
) -> None:
    script_completed_job(script)
    path = Path(client_environ["HOME"], ".config", "ffremote", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text('bwlimit = "50M"\nprogress = "plain"\n')

    done = ffremote("run", source.name, "-o", "out.mp4", FFREMOTE_PROGRESS="")
    wrong_rate = ffremote("run", source.name, "-o", "b.mp4", FFREMOTE_BWLIMIT="much")
    wrong_way = ffremote("run", source.name, "-o", "b.mp4", FFREMOTE_PROGRESS="loud")

    assert f"in.mp4: job {JOB}\n" in done.stderr
    assert "'much' is not a number of bytes per second" in wrong_rate.stderr
    assert "'loud' is not one of 'auto', 'bar', 'plain', 'json', 'none'" in wrong_way.stderr
    path.write_text('progress = "loud"\n')
    assert "progress cannot be 'loud'" in ffremote("list").stderr
