"""A migration is refused while a worker or server still runs."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import ClickException
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect
from sqlalchemy.orm import Session

import ffremote
from ffremote.api.app import create_app
from ffremote.api.context import current
from ffremote.config import Settings
from ffremote.db.models import WorkerState
from ffremote.db.schema import HEAD
from ffremote.jobs import workers
from tests.support.builders import WORKER, register_worker
from tests.support.service import Service
from tests.support.waiting import wait_for

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade():
    op.add_column("workers", sa.Column("mood", sa.Text()))
"""


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app in whose context the migrations run."""
    made = create_app(settings)
    with made.app_context():
        yield made
        made.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def newer(tmp_path: Path) -> str:
    """A copy of the migrations with one more."""
    copied = tmp_path / "migrations"
    shutil.copytree(Path(ffremote.__file__).parent.parent / "migrations", copied)
    (copied / "versions" / "9999_mood.py").write_text(NEXT.format(head=HEAD))
    return str(copied)


@pytest.fixture
def service(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    """A service without programs; those that the test starts are stopped at its end."""
    made = Service(child_environ, tmp_path / "programs.log")
    yield made
    made.stop()


def columns(app: Flask) -> set[str]:
    engine = app.extensions["sqlalchemy"].engine
    return {column["name"] for column in inspect(engine).get_columns("workers")}


def test_a_migration_refuses_a_live_worker_and_runs_when_it_is_gone(
    app: Flask, newer: str, session: Session
) -> None:
    register_worker(session, worker_id=WORKER)

    with pytest.raises((ClickException, SystemExit)):
        upgrade(directory=newer)
    before = columns(app)
    workers.set_state(session, WORKER, WorkerState.GONE)
    upgrade(directory=newer)

    assert "mood" not in before
    assert "mood" in columns(app)


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_migration_refuses_a_running_server_and_runs_when_it_is_gone(
    app: Flask, newer: str, service: Service, end: signal.Signals
) -> None:
    servers = [service.start_server(), service.start_server()]

    refusals = []
    for server in servers:
        with pytest.raises((ClickException, SystemExit)):
            upgrade(directory=newer)
        refusals.append(columns(app))
        server.send_signal(end)
        server.wait()
    # A process that the killed server was just starting holds the lock until its exec.
    wait_for(lambda: workers.count_live_servers(current().storage) == 0)
    upgrade(directory=newer)

    assert all("mood" not in refused for refused in refusals)
    assert "mood" in columns(app)


def test_an_option_lets_a_migration_run_with_live_workers(
    app: Flask, newer: str, session: Session
) -> None:
    register_worker(session, worker_id=WORKER)

    upgrade(directory=newer, x_arg=["live=yes"])

    assert "mood" in columns(app)


def test_an_upgrade_with_nothing_to_do_is_not_refused(app: Flask, session: Session) -> None:
    register_worker(session, worker_id=WORKER)

    upgrade()

    assert "mood" not in columns(app)
