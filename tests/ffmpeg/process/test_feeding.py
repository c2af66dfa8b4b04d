"""A program is fed with a file that grows."""

import os
from pathlib import Path

import pytest

from ffremote.ffmpeg.process.feeding import Feeder
from ffremote.ffmpeg.process.process import Process, ProcessCallbacks, run_process
from tests.support.growing import Growing

TICK = 0.02


class Endless:
    """A file whose rest never comes."""

    def __init__(self, path: Path, *, lost: bool = False) -> None:
        self.size = path.stat().st_size * 2
        self._descriptor = os.open(path, os.O_RDONLY)
        self._lost = lost

    def fileno(self) -> int:
        return self._descriptor

    def ready(self) -> int:
        return self.size if self._lost else self.size // 2


def run(feeder: Feeder, *argv: str, on_tick: object = None) -> tuple[int | None, bytes]:
    output = bytearray()
    ticks = ProcessCallbacks(on_tick or (lambda _: None), TICK, output.extend, lambda _: None)  # type: ignore[arg-type]
    ended = run_process(argv, cwd=Path("/"), environ={}, callbacks=ticks, feeder=feeder)
    return ended.code, bytes(output)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film"
    path.write_bytes(os.urandom(3_000_001))
    return path


def test_a_program_gets_every_byte_and_then_the_end(film: Path) -> None:
    with Growing(film, step=70_000) as source:
        feeder = Feeder(source)

        assert run(feeder, "/bin/cat") == (0, film.read_bytes())

    assert feeder.is_complete


def test_a_program_that_leaves_early_ends_the_feeding(film: Path) -> None:
    with Growing(film) as source:
        feeder = Feeder(source)

        assert run(feeder, "/bin/head", "-c", "10") == (0, film.read_bytes()[:10])

    assert not feeder.is_complete


def test_the_pipe_stays_open_until_the_program_is_killed(film: Path) -> None:
    class Enough(Exception):
        pass

    feeder = Feeder(Endless(film))

    def on_tick(process: Process) -> None:
        if feeder.fed == feeder.share * 6_000_002 == 3_000_001 and feeder.waited_seconds > 0.1:
            assert Path(f"/proc/{process.pid}").exists()
            raise Enough

    with pytest.raises(Enough):
        run(feeder, "/bin/cat", on_tick=on_tick)
    assert not feeder.is_complete


def test_a_file_that_became_shorter_is_an_error(film: Path) -> None:
    feeder = Feeder(Endless(film, lost=True))

    with pytest.raises(OSError, match="became shorter"):
        run(feeder, "/bin/cat", on_tick=lambda _: feeder.check())
