"""Fixtures of the security tests: capabilities and runners of each build, and a canary."""

from collections.abc import Iterator

import pytest

from ffremote import ffmpeg
from tests.security.canary import Canary
from tests.support.job_runner import JobRunner


@pytest.fixture(scope="session")
def capabilities(build: ffmpeg.Binaries) -> ffmpeg.Capabilities:
    """What `build` can do."""
    return ffmpeg.read_capabilities(build)


@pytest.fixture(scope="module", params=["auto", "off"])
def runner(
    request: pytest.FixtureRequest,
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    tmp_path_factory: pytest.TempPathFactory,
) -> JobRunner:
    """A runner of jobs, confined and not: the allow-lists must hold alone."""
    return JobRunner(build, capabilities, tmp_path_factory.mktemp("jobs"), sandbox=request.param)


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A canary that the jobs of the test must not touch."""
    canary = Canary()
    yield canary
    canary.close()
