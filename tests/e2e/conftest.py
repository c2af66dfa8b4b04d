"""Fixtures of the end-to-end tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.db import database
from tests.support.service import Service, environ_of


@pytest.fixture
def service(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    """A service without programs; those that the test starts are stopped at its end."""
    made = Service(child_environ, tmp_path / "programs.log")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def shared_service(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A server and a worker that tests without kills share: starting both takes seconds."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(migrated, folder / "data")
    made = Service(environ_of(folder / "data"), folder / "programs.log")
    made.start_server()
    made.start_worker("--concurrency", "1")
    yield made
    made.stop()


@pytest.fixture
def running(shared_service: Service) -> Service:
    """The shared server and worker; a test looks at its own jobs only."""
    assert not [child for child in shared_service.running if child.poll() is not None]
    return shared_service


@pytest.fixture
def rows(running: Service) -> Iterator[Session]:
    """One session on the database of `running`."""
    engine = database.open_engine(f"sqlite:///{running.data_dir}/ffremote.db")
    with database.session_maker(engine)() as opened:
        yield opened
    engine.dispose()
