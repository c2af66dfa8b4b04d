"""Descriptions of hostile inputs: ffprobe reads all their tags, and touches nothing else."""

import json
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg import MediaInfo, TranscodeError
from ffremote.spec import Input
from tests.security.canary import TOKEN, Canary
from tests.security.crafted import CRAFTED
from tests.support.job_runner import JobRunner

pytestmark = pytest.mark.security

NOTHING_KNOWN = MediaInfo("unknown", None, ())


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", ["auto", pytest.param("off", marks=pytest.mark.wide)])
def test_a_description_of_a_crafted_input_touches_nothing(
    binaries: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    tmp_path: Path,
    canary: Canary,
    clip: Path,
    sandbox: str,
) -> None:
    runner = JobRunner(binaries, capabilities, tmp_path, sandbox=sandbox)
    media = canary.add_media(clip)
    for name, make in CRAFTED.items():
        content = make(canary, media)
        canary.events()
        directory = runner.prepare(content)

        told = described(runner, directory / "input")

        assert canary.events() == [], name
        assert TOKEN not in told, name
        assert sorted(path.name for path in directory.iterdir()) == ["input", "try1"], name


def described(runner: JobRunner, path: Path) -> str:
    """Return all that a description says, or the failure."""
    try:
        found = ffmpeg.describe(
            runner.runtime,
            path,
            NOTHING_KNOWN,
            source=Input(),
            number=0,
            on_progress=lambda report: None,
        )
    except TranscodeError as exc:
        return repr(exc.failure)
    return json.dumps(found.facts) + "\n".join(found.lines)
