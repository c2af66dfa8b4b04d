"""Hostile inputs end soon and touch nothing outside the job, whatever their result."""

from pathlib import Path

import pytest

from tests.security.canary import Canary
from tests.security.crafted import CRAFTED, MAY_COMPLETE
from tests.support.job_runner import JobRunner
from tests.support.matrices import every

pytestmark = pytest.mark.security


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(CRAFTED) > 50


@pytest.mark.parametrize("name", every(3, CRAFTED))
def test_a_crafted_input_touches_nothing(
    runner: JobRunner, canary: Canary, clip: Path, name: str
) -> None:
    media = canary.add_media(clip)
    content = CRAFTED[name](canary, media)
    canary.events()
    directory = runner.prepare(content)

    ended = runner.run(video={"codec": "mpeg4"})

    canary.check_untouched(runner.output, directory)
    assert sorted(path.name for path in directory.iterdir()) == ["input", "try1"]
    assert ended != "completed" or name in MAY_COMPLETE
