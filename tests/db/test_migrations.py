"""A migration waits until no worker runs the code of before."""

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
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.database import HEAD
from ffremote.db.models import Worker, WorkerState
from ffremote.jobs import workers
from tests.support.service import Service

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade():
    op.add_column("workers", sa.Column("mood", sa.Text()))
"""
WORKER = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    with made.app_context():
        yield made
        made.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def newer(tmp_path: Path) -> str:
    """Our migrations and one more."""
    copied = tmp_path / "migrations"
    shutil.copytree(Path(ffremote.__file__).parent.parent / "migrations", copied)
    (copied / "versions" / "9999_mood.py").write_text(NEXT.format(head=HEAD))
    return str(copied)


@pytest.fixture
def service(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    made = Service(child_environ, tmp_path / "programs.log")
    yield made
    made.stop()


def start_worker(session: Session) -> None:
    now = utc_now()
    row = {"host": "h", "boot_id": "b", "pid": 1, "version": "0", "concurrency": 1}
    worker = Worker(id=WORKER, state=WorkerState.UP, started_at=now, heartbeat_at=now, **row)
    workers.register(session, worker)


def columns(app: Flask) -> set[str]:
    engine = app.extensions["sqlalchemy"].engine
    return {column["name"] for column in inspect(engine).get_columns("workers")}


def test_a_migration_refuses_a_live_worker_and_runs_when_it_is_gone(
    app: Flask, newer: str, session: Session
) -> None:
    start_worker(session)

    with pytest.raises((ClickException, SystemExit)):
        upgrade(directory=newer)
    before = columns(app)
    workers.move(session, WORKER, WorkerState.GONE)
    upgrade(directory=newer)

    assert "mood" not in before
    assert "mood" in columns(app)


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
    upgrade(directory=newer)

    assert all("mood" not in refused for refused in refusals)
    assert "mood" in columns(app)


def test_a_migration_can_be_told_to_run_under_live_workers(
    app: Flask, newer: str, session: Session
) -> None:
    start_worker(session)

    upgrade(directory=newer, x_arg=["live=yes"])

    assert "mood" in columns(app)


def test_an_upgrade_with_nothing_to_do_disturbs_nobody(app: Flask, session: Session) -> None:
    start_worker(session)

    upgrade()

    assert "mood" not in columns(app)
