"""Fixtures of all tests: a data directory, a migrated database, a clip, an environment."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.storage import Storage
from tests.support import postgresql, s3_servers
from tests.support.builds import installed_builds
from tests.support.databases import (
    SQLITE_FILE,
    PostgresqlTemplate,
    SqliteTemplate,
    migrate,
    postgresql_template,
)
from tests.support.s3_servers import S3Server
from tests.support.service import environ_of

STARTS_PROGRAMS = {"binaries", "build", "serve", "service"}
"""Fixtures of tests whose rows take tenths of a second and more."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--all` (the whole of every matrix, not one row of each) and `--no-skips`."""
    parser.addoption(
        "--all", action="store_true", help="also run the tests marked `wide` or `slow`"
    )
    parser.addoption("--no-skips", action="store_true", help="a test that is skipped has failed")


def pytest_configure(config: pytest.Config) -> None:
    """Give Hypothesis five times the examples with `--all`."""
    hypothesis_settings.register_profile("quick", max_examples=50)
    hypothesis_settings.register_profile("all", max_examples=250)
    hypothesis_settings.load_profile("all" if config.getoption("--all") else "quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests marked `wide` or `slow` unless `--all` was given.

    Of a matrix that runs on both databases, PostgreSQL runs one row; of one that starts programs,
    two rows run.
    """
    if config.getoption("--all"):
        return
    left_out = {item for item in items if {"wide", "slow"} & {m.name for m in item.iter_markers()}}
    left_out |= set(further_rows_on_postgresql([item for item in items if item not in left_out]))
    left_out |= set(further_rows_of_programs([item for item in items if item not in left_out]))
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def further_rows_on_postgresql(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the rows on PostgreSQL of tests marked `long`, and of the others all but the first."""
    seen = set()
    for item in items:
        row = getattr(item, "callspec", None)
        if row is None or row.params.get("template") != "postgresql":
            continue
        name = item.nodeid.partition("[")[0]
        if name in seen or item.get_closest_marker("long"):
            yield item
        seen.add(name)


def further_rows_of_programs(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield all but the first two rows of each matrix whose test starts FFmpeg or a server."""
    seen: Counter[str] = Counter()
    for item in items:
        if not (isinstance(item, pytest.Function) and STARTS_PROGRAMS & set(item.fixturenames)):
            continue
        name, _, row = item.nodeid.partition("[")
        seen[name] += 1
        if row and seen[name] > 2:
            yield item


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
    migrate(settings)
    # Trying FFmpeg's encoders takes seconds; every copy of the directory has the cached result.
    runtime, cache = ffmpeg.make_runtime(settings), Storage(settings.data_dir).cache
    ffmpeg.read_capabilities(runtime.binaries, cache, trying=True, sandbox=runtime.sandbox)
    return settings.data_dir


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlTemplate]:
    """A private PostgreSQL with a migrated database; tests get copies."""
    if reason := postgresql.missing():
        pytest.skip(reason)
    with postgresql_template(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A private S3 server."""
    yield from _s3_server("seaweedfs", tmp_path_factory)


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A second one, of another kind."""
    yield from _s3_server("swift", tmp_path_factory)


def _s3_server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    if reason := s3_servers.missing(kind):
        pytest.skip(reason)
    with s3_servers.running(kind, tmp_path_factory.mktemp(kind)) as server:
        yield server


@pytest.fixture
def database_url(tmp_path: Path, migrated: Path) -> str:
    """The URL of a migrated database; an empty one is SQLite in the data directory."""
    (tmp_path / "data").mkdir(exist_ok=True)
    return SqliteTemplate(migrated).copy(tmp_path / "data")


@pytest.fixture
def settings(tmp_path: Path, migrated: Path, database_url: str) -> Settings:
    """Settings of a fresh data directory with a migrated database."""
    data = tmp_path / "data"
    shutil.copytree(migrated, data, dirs_exist_ok=True, ignore=shutil.ignore_patterns(SQLITE_FILE))
    return Settings(data_dir=data, database_url=database_url, min_free_bytes=0)


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """The prepared data directory of `settings`."""
    made = Storage(settings.data_dir)
    made.prepare()
    return made


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The database of `settings`, opened as the programs open it."""
    opened = database.open_engine(settings.registry_url)
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
    url = {"FFREMOTE_DATABASE_URL": settings.database_url}
    return environ_of(settings.data_dir) | url


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
