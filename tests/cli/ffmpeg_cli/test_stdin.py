"""stdin as an input of `ffremote ffmpeg`: raw data and its bound."""

import io
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from ffremote_cli.errors import LocalFileProblem
from ffremote_cli.ffmpeg_cli import stdin
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
        stdin.spooled(len(SAMPLES) - 1),
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
    monkeypatch.setattr(stdin, "_copy", full)

    with (
        pytest.raises(LocalFileProblem, match=r"stdin cannot be copied to .*: No space left"),
        stdin.spooled(1 << 20),
    ):
        pass
