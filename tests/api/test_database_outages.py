"""An unusable database: each fault has its own error with a remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database, schema, sqlite
from ffremote.db.outages import Outage, outage_of
from ffremote.errors import DatabaseNotReady, DatabaseUnusable

Break = Callable[[Settings], Settings]


def file_of(settings: Settings) -> Path:
    return settings.data_dir / "ffremote.db"


def overwritten(settings: Settings) -> Settings:
    file_of(settings).write_bytes(b"no database " * 1000)
    return settings


def torn(settings: Settings) -> Settings:
    """Keep only the first page, like an incomplete copy."""
    with file_of(settings).open("r+b") as file:
        file.truncate(4096)
    return settings


def in_no_directory(settings: Settings) -> Settings:
    return settings.model_copy(update={"database_url": "sqlite:////nonexistent/ffremote.db"})


def without_tables(settings: Settings) -> Settings:
    engine = create_engine(settings.registry_url, module=sqlite.sqlite_module())
    with engine.begin() as connection:
        connection.execute(text("DROP VIEW job_overview"))
        for table in ("job_labels", "jobs", "uploads"):
            connection.execute(text(f"DROP TABLE {table}"))
    engine.dispose()
    return settings


def read_only(settings: Settings) -> Settings:
    url = f"sqlite:///file:{file_of(settings)}?mode=ro&uri=true"
    return settings.model_copy(update={"database_url": url})


@pytest.mark.parametrize(
    ("broken", "outage"),
    [
        (overwritten, Outage.DAMAGED),
        (torn, Outage.DAMAGED),
        (in_no_directory, Outage.UNREACHABLE),
        (without_tables, Outage.NO_TABLES),
    ],
)
def test_a_request_reports_the_fault_of_the_database(
    settings: Settings, broken: Break, outage: Outage
) -> None:
    app = create_app(broken(settings))

    response = app.test_client().get("/api/v1/jobs")

    error = response.json["error"]
    assert (response.status_code, error["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert error["message"] == outage.value
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_a_read_only_database_can_be_read_and_a_change_is_an_error(settings: Settings) -> None:
    app = create_app(read_only(settings))
    client = app.test_client()

    listed = client.get("/api/v1/jobs")
    made = client.post("/api/v1/uploads", headers={"Upload-Length": "10"})

    assert listed.status_code == 200
    assert made.json["error"]["message"] == Outage.READ_ONLY.value
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize(
    ("broken", "outage"),
    [
        (overwritten, Outage.DAMAGED),
        (torn, Outage.DAMAGED),
        (in_no_directory, Outage.UNREACHABLE),
    ],
)
def test_startup_and_readyz_report_it_too(
    settings: Settings, broken: Break, outage: Outage
) -> None:
    app = create_app(broken(settings))

    with app.app_context(), pytest.raises(DatabaseUnusable, match="database") as caught:
        schema.require_schema(app.extensions["sqlalchemy"].engine)
    ready = app.test_client().get("/readyz")
    doctor = app.test_cli_runner().invoke(args=["doctor"])

    assert caught.value.reason == outage
    assert ready.json["checks"]["database"] == outage.value
    assert "db upgrade" not in doctor.output
    assert doctor.output.count(f"-> {outage}") == 4  # for the database, access, workers, servers
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_a_locked_database_is_not_reported_as_unmigrated(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    holder = create_engine(settings.registry_url, module=sqlite.sqlite_module())
    with holder.connect() as connection:
        connection.exec_driver_sql("PRAGMA locking_mode=EXCLUSIVE")
        connection.exec_driver_sql("UPDATE job_totals SET total = total")
        connection.commit()
        engine = database.open_engine(settings.registry_url)
        with pytest.raises(DatabaseNotReady) as caught:
            schema.require_schema(engine)
    holder.dispose()
    engine.dispose()

    assert str(caught.value).startswith(Outage.LOCKED.value)


@pytest.mark.parametrize(
    ("message", "outage"),
    [
        ('connection to server at "127.0.0.1", port 1 failed: Connection refused', "AWAY"),
        ('FATAL:  password authentication failed for user "x"', "REFUSED"),
        ('FATAL:  database "films" does not exist', "NO_DATABASE"),
        ("server closed the connection unexpectedly", "AWAY"),
        ('relation "alembic_version" does not exist', "NO_TABLES"),
        ("cannot execute UPDATE in a read-only transaction", "STANDBY"),
        ("canceling statement due to lock timeout", "LOCKED"),
        ('could not extend file "base/1/2": No space left on device', "FULL"),
        ('invalid page in block 7 of relation "base/1/2"', "DAMAGED"),
        ("disk I/O error", "FAULTY_DISK"),
        ('duplicate key value violates unique constraint "pk_jobs"', None),
        ("NOT NULL constraint failed: jobs.state", None),
    ],
)
def test_the_messages_of_the_libraries_are_classified(message: str, outage: str | None) -> None:
    assert outage_of(Exception(message)) == (None if outage is None else Outage[outage])
