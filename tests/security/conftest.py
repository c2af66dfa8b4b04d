"""Fixtures of the security tests: capabilities of each build, and a canary."""

from collections.abc import Iterator

import pytest

from ffremote import ffmpeg
from tests.security.canary import Canary


@pytest.fixture(scope="session")
def capabilities(build: ffmpeg.Binaries) -> ffmpeg.Capabilities:
    """What `build` can do."""
    return ffmpeg.read_capabilities(build)


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A canary that the jobs of the test must not touch."""
    canary = Canary()
    yield canary
    canary.close()
