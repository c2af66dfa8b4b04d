"""Hostile declarations of inputs are refused by name; declared data opens nothing else."""

from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from tests.security.canary import Canary
from tests.security.crafted import CRAFTED
from tests.security.declared_payloads import DECLARED, NOISE
from tests.security.test_payloads import verdict
from tests.support.job_runner import JobRunner

pytestmark = pytest.mark.security


def test_hostile_declarations_are_refused_by_name(capabilities: ffmpeg.Capabilities) -> None:
    wrong = {}
    for field, section in DECLARED:
        found = verdict({"input": section}, capabilities)
        if found != field:
            wrong[f"{field}: {section}"] = found

    assert len(DECLARED) > 90
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "section"),
    [NOISE[0], *[pytest.param(*row, marks=pytest.mark.wide) for row in NOISE[1:]]],
)
def test_a_script_that_is_declared_as_raw_data_opens_nothing(
    name: str,
    section: dict[str, Any],
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    canary: Canary,
    clip: Path,
    tmp_path: Path,
) -> None:
    content = CRAFTED[name](canary, canary.add_media(clip))
    canary.events()
    runner = JobRunner(build, capabilities, tmp_path, sandbox="off")
    directory = runner.prepare(content)

    runner.run(input=section)

    canary.check_untouched(runner.output, directory)
    assert sorted(path.name for path in directory.iterdir()) == ["input", "try1"]
