"""stdin as an input and stdout as a result."""

import io
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from ffremote_cli.errors import LocalFileProblem
from ffremote_cli.workflow import stdio
from tests.support.scripted_server import Ffremote, Script
from tests.support.service import Service

SAMPLES = bytes(range(256)) * 125


def test_raw_samples_from_stdin_become_a_file(
    service: Service, client_environ: dict[str, str], tmp_path: Path
) -> None:
    words = "-f s16le -ar 16000 -ac 1 -i - out.wav".split()

    done = subprocess.run(
        [sys.executable, "-m", "ffremote_cli", "ffmpeg", "-v", "error", *words],
        cwd=tmp_path,
        env={**client_environ, "FFREMOTE_SERVER": service.url},
        input=SAMPLES,
        capture_output=True,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out.wav").read_bytes().endswith(SAMPLES)


def test_more_than_the_limit_is_refused_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(SAMPLES)))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with (
        pytest.raises(LocalFileProblem, match="stdin has more than 31999 bytes"),
        stdio.spooled(len(SAMPLES) - 1),
    ):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_problem_of_the_temporary_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(SAMPLES)))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(stdio, "_copy", full)

    with (
        pytest.raises(LocalFileProblem, match=r"stdin cannot be copied to .*: No space left"),
        stdio.spooled(1 << 20),
    ):
        pass


def test_run_reads_stdin_and_writes_stdout(
    service: Service, client_environ: dict[str, str], clip: Path, tmp_path: Path
) -> None:
    words = "run -i - -o - --container mkv --video-codec copy --audio-codec copy".split()

    done = subprocess.run(
        [sys.executable, "-m", "ffremote_cli", *words, "--quiet"],
        cwd=tmp_path,
        env={**client_environ, "FFREMOTE_SERVER": service.url},
        input=clip.read_bytes(),
        capture_output=True,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"\x1aE\xdf\xa3")
    assert not list(tmp_path.glob("*.mkv"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("in.mp4 -", "- is stdin, which cannot be one of several inputs"),
        ("in.mp4 -o -", "the output format is missing: use -o NAME, or --container mp4"),
        ("in.mp4 large.mkv -o - --container mkv", "-o - is stdout, which takes one file"),
        ("in.mp4 -o - --container mkv --detach", "--detach and -o - exclude each other"),
        ("in.mp4 -o - --container mkv --json", "--json and -o - both write to stdout"),
    ],
)
def test_what_streams_cannot_be_is_refused_before_any_request(
    ffremote: Ffremote, script: Script, source: Path, large: Path, words: str, message: str
) -> None:
    done = ffremote("run", *words.split())

    assert message in done.stderr
    assert (done.returncode, script.requests) == (2, [])


def test_submit_does_not_read_stdin(ffremote: Ffremote, script: Script) -> None:
    done = ffremote("submit", "-", "--container", "mkv")

    assert "only `run` and `ffmpeg` read stdin (`ffremote run -i - -o out.mp4`)" in done.stderr
    assert (done.returncode, script.requests) == (2, [])
