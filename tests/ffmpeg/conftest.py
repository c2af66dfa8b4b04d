"""Fixtures of the FFmpeg tests: each build, its capabilities, and jobs run with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.runtime import Runtime
from tests.support.builds import build_settings
from tests.support.conversion import Converter
from tests.support.job_directory import JobDirectory


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of capabilities for the whole run."""
    return tmp_path_factory.mktemp("capabilities")


@pytest.fixture(scope="session")
def capabilities(build: ffmpeg.Binaries, cache_dir: Path) -> ffmpeg.Capabilities:
    """The capabilities of `build`."""
    return ffmpeg.read_capabilities(build, cache_dir)


@pytest.fixture(scope="session")
def runtime(build: ffmpeg.Binaries) -> Runtime:
    """The runtime of `build`, confined as jobs are."""
    return ffmpeg.make_runtime(build_settings(build))


@pytest.fixture(scope="session")
def converter(
    runtime: Runtime,
    capabilities: ffmpeg.Capabilities,
    tmp_path_factory: pytest.TempPathFactory,
) -> Converter:
    """Converts files with `build`."""
    return Converter(runtime, capabilities, tmp_path_factory.mktemp("jobs"))


@pytest.fixture
def open_job(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, tmp_path: Path
) -> Callable[..., JobDirectory]:
    """Makes a job's directory with the given inputs."""
    return lambda *sources: JobDirectory(runtime, capabilities, tmp_path, *sources)
