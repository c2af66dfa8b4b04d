"""Hostile inputs that FFmpeg reads from a pipe while they arrive, and hostile uploads of such."""

from pathlib import Path

import pytest

from tests.security.arriving_payloads import NAMED
from tests.security.canary import Canary
from tests.security.crafted import CRAFTED, MAY_COMPLETE
from tests.support.job_runner import JobRunner
from tests.support.matrices import every

pytestmark = pytest.mark.security


@pytest.mark.parametrize("name", every(12, CRAFTED))
def test_a_crafted_input_from_a_pipe_touches_nothing(
    runner: JobRunner, canary: Canary, clip: Path, name: str
) -> None:
    media = canary.add_media(clip)
    content = CRAFTED[name](canary, media)
    canary.events()
    directory = runner.prepare(content)

    ended = runner.run_arriving(video={"codec": "mpeg4"})

    canary.check_untouched(runner.output, directory)
    assert ended != "completed" or name in MAY_COMPLETE


@pytest.mark.parametrize("name", every(len(NAMED), NAMED))
def test_an_input_that_names_pipes_and_descriptors_opens_none(
    runner: JobRunner, canary: Canary, name: str
) -> None:
    """The protocol of the input is the only one that is allowed, and it could name others."""
    directory = runner.prepare(NAMED[name].encode())

    ended = runner.run_arriving(video={"codec": "mpeg4"})

    canary.check_untouched(runner.output, directory)
    assert ended != "completed"
