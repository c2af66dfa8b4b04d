"""Fixtures of all tests: a data directory, a migrated database, a clip, an environment."""

import shutil
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.storage import Storage
from tests.support.builds import installed_builds
from tests.support.service import environ_of


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--all` (the whole of every matrix, not one row of each) and `--no-skips`."""
    parser.addoption("--all", action="store_true", help="also run the tests marked `wide`")
    parser.addoption("--no-skips", action="store_true", help="a test that is skipped has failed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests marked `wide` unless `--all` was given."""
    if config.getoption("--all"):
        return
    wide = [item for item in items if item.get_closest_marker("wide")]
    config.hook.pytest_deselected(items=wide)
    items[:] = [item for item in items if not item.get_closest_marker("wide")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport]:
    """With `--no-skips`, as in CI, report a skipped test as failed, with the reason."""
    report = yield
    if report.skipped and item.config.getoption("--no-skips") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in spite of --no-skips: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def binaries() -> ffmpeg.Binaries:
    """The FFmpeg and ffprobe that the product resolves on this machine."""
    return ffmpeg.locate(Settings())


@pytest.fixture(scope="session", params=installed_builds(), ids=lambda each: each.source)
def build(request: pytest.FixtureRequest) -> ffmpeg.Binaries:
    """An FFmpeg of this machine; a test that uses it runs once for each."""
    found: ffmpeg.Binaries = request.param
    return found


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a database built by the migrations; tests get a copy."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("migrated"))
    app = create_app(settings)
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    # Trying FFmpeg's encoders takes seconds; every copy of the directory has the cached result.
    runtime, cache = ffmpeg.make_runtime(settings), Storage(settings.data_dir).cache
    ffmpeg.read_capabilities(runtime.binaries, cache, trying=True, sandbox=runtime.sandbox)
    return settings.data_dir


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    """Settings of a fresh data directory with a migrated database."""
    data = tmp_path / "data"
    shutil.copytree(migrated, data)
    return Settings(data_dir=data, min_free_bytes=0)


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """The prepared data directory of `settings`."""
    made = Storage(settings.data_dir)
    made.prepare()
    return made


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The database of `settings`, opened as the programs open it."""
    opened = database.open_engine(settings.storage_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One session on `engine`."""
    with database.session_maker(engine)() as opened:
        yield opened


@pytest.fixture
def child_environ(settings: Settings) -> dict[str, str]:
    """The environment of a child program that works on `settings`' data directory."""
    return environ_of(settings.data_dir)


@pytest.fixture(scope="session")
def clip(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of video and audio, H.264 and AAC in MP4, made by `binaries`."""
    path = tmp_path_factory.mktemp("media") / "clip.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2"]
    sound = ["-f", "lavfi", "-i", "sine=440:d=2"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run(
        [binaries.ffmpeg, "-v", "error", *picture, *sound, *codecs, path],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return path
