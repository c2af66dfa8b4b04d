"""The FFmpeg builds at hand, and what they can do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg import binaries
from ffremote.ffmpeg.runtime import Runtime
from tests.support.conversion import Converter
from tests.support.job_directory import Room


def builds() -> list[ffmpeg.Binaries]:
    """Every FFmpeg that this machine has: the one that we would use, and the embedded one."""
    found = [ffmpeg.locate(Settings()), binaries.embedded()]
    return list({each.ffmpeg: each for each in found if each is not None}.values())


@pytest.fixture(scope="session", params=builds(), ids=lambda each: each.source)
def build(request: pytest.FixtureRequest) -> ffmpeg.Binaries:
    """One FFmpeg of those at hand; tests that use it run once for each."""
    found: ffmpeg.Binaries = request.param
    return found


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where capabilities are kept for the whole run."""
    return tmp_path_factory.mktemp("capabilities")


@pytest.fixture(scope="session")
def capabilities(build: ffmpeg.Binaries, cache_dir: Path) -> ffmpeg.Capabilities:
    """What `build` can do."""
    return ffmpeg.read_capabilities(build, cache_dir)


@pytest.fixture(scope="session")
def converter(
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    tmp_path_factory: pytest.TempPathFactory,
) -> Converter:
    """Runs whole jobs with `build`."""
    settings = Settings(ffmpeg=str(build.ffmpeg), ffprobe=str(build.ffprobe))
    return Converter(ffmpeg.make_runtime(settings), capabilities, tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="session")
def workbench(build: ffmpeg.Binaries) -> Runtime:
    """A toolbox around `build`."""
    return ffmpeg.make_runtime(Settings(ffmpeg=str(build.ffmpeg), ffprobe=str(build.ffprobe)))


@pytest.fixture
def enter(
    workbench: Runtime, capabilities: ffmpeg.Capabilities, tmp_path: Path
) -> Callable[[Path], Room]:
    """Open a room with a given input."""
    return lambda source: Room(workbench, capabilities, tmp_path, source)
