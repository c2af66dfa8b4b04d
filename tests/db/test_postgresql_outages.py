"""A PostgreSQL that cannot be used: each fault has its own error, and the service goes on after."""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from ffremote.api.app import create_app
from ffremote.api.routes import service
from ffremote.config import Settings
from ffremote.db import database, postgresql, schema, startup
from ffremote.db.outages import Outage
from ffremote.errors import ConfigurationError, DatabaseNotReady, DatabaseUnusable
from ffremote.files import ballast
from ffremote.files.storage import Storage
from tests.support import postgresql as private
from tests.support.databases import migrate, run
from tests.support.frozen import frozen
from tests.support.multipart import file_part, form, job_part
from tests.support.postgresql import Cluster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(private.missing() is not None, reason=str(private.missing())),
]
ID = "00000000-0000-4000-8000-000000000000"
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "10"}


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with a migrated database; a test may stop it and starts it again."""
    with private.running() as made:
        run(made.url, "CREATE DATABASE jobs")
        migrate(settings_of(made, tmp_path_factory.mktemp("frail")))
        yield made


def settings_of(cluster: Cluster, data_dir: Path, query: str = "") -> Settings:
    url = cluster.url.replace("/postgres?", "/jobs?") + query
    return Settings(data_dir=data_dir, database_url=url, min_free_bytes=0)


@pytest.fixture
def settings(frail: Cluster, tmp_path: Path) -> Settings:
    """Settings of the frail cluster, with short times."""
    made = settings_of(frail, tmp_path / "data", "&connect_timeout=2&options=-clock_timeout%3D200")
    Storage(made.data_dir).prepare()
    return made


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app on the frail cluster."""
    made = create_app(settings)
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the app."""
    return app.test_client()


def submit(client: FlaskClient) -> Any:
    return client.post("/api/v1/jobs", **form(job_part(), file_part()))


CALLS = [
    *(("GET", f"/api/v1/jobs{tail}") for tail in ("", f"/{ID}", f"/{ID}/status", f"/{ID}/log")),
    *(("GET", f"/api/v1/jobs/{ID}{tail}") for tail in ("/result", "/files", "/files/a.mp4")),
    *(("DELETE", f"/api/v1/jobs/{ID}{tail}") for tail in ("", "/result")),
    *((verb, f"/api/v1/uploads/{ID}") for verb in ("HEAD", "PATCH", "DELETE")),
    *(("POST", f"/api/v1/{tail}") for tail in ("uploads", f"workers/{ID}/drain")),
    *(("GET", path) for path in ("/api/v1/workers", "/metrics")),
]


def test_while_it_is_away_each_call_is_a_503_and_afterwards_all_is_well(
    frail: Cluster, client: FlaskClient
) -> None:
    before = submit(client)
    headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    frail.stop()
    try:
        away = {call: client.open(call[1], method=call[0], headers=headers) for call in CALLS} | {
            ("POST", "/api/v1/jobs"): submit(client)
        }
        ready = client.get("/readyz")
    finally:
        frail.start()
    after = client.get(f"/api/v1/jobs/{before.json['job_id']}/status")

    statuses = {call: response.status_code for call, response in away.items()}
    assert set(statuses.values()) == {503}, statuses
    assert all(int(each.headers["Retry-After"]) > 0 for each in away.values())
    assert (ready.status_code, ready.json["checks"]["database"]) == (503, Outage.AWAY.value)
    assert (after.status_code, after.json["state"]) == (200, "queued")


def test_a_start_waits_until_it_is_there(frail: Cluster, settings: Settings) -> None:
    engine = database.open_engine(settings.registry_url)
    ended = threading.Event()

    def start() -> None:
        startup.require_database(engine)
        ended.set()

    frail.stop()
    try:
        starting = threading.Thread(target=start)
        starting.start()
        waited = not ended.wait(1)
    finally:
        frail.start()
    starting.join()
    engine.dispose()

    assert (waited, ended.is_set()) == (True, True)


def test_a_start_does_not_wait_for_ever(frail: Cluster, settings: Settings) -> None:
    engine = database.open_engine(settings.registry_url)
    frail.stop()
    try:
        with pytest.raises(DatabaseUnusable) as caught:
            startup.wait_for_database(engine, seconds=0.5)
    finally:
        frail.start()
    engine.dispose()

    assert caught.value.reason is Outage.AWAY


@pytest.mark.parametrize(
    ("old", "new", "outage"),
    [
        ("ffremote@", "nobody@", Outage.REFUSED),
        ("ffremote@", "guarded:wrong@", Outage.REFUSED),
        ("/jobs?", "/films?", Outage.NO_DATABASE),
    ],
)
def test_a_wrong_url_ends_the_start_at_once(
    frail: Cluster, settings: Settings, old: str, new: str, outage: Outage
) -> None:
    guard(frail)
    engine = database.open_engine(settings.registry_url.replace(old, new))

    with pytest.raises(DatabaseUnusable) as caught:
        startup.require_database(engine)
    engine.dispose()

    assert caught.value.reason is outage
    assert "wrong" not in str(caught.value)


def test_a_migration_says_why_it_cannot_begin(frail: Cluster, settings: Settings) -> None:
    guard(frail)
    url = settings.registry_url.replace("ffremote@", "guarded:wrong@")
    app = create_app(settings.model_copy(update={"database_url": url}))

    done = app.test_cli_runner().invoke(args=["db", "upgrade"])

    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"Error: {Outage.REFUSED}")


def guard(cluster: Cluster) -> None:
    """Add the user `guarded`, who needs a password."""
    rules = Path(cluster.home, "data", "pg_hba.conf")
    text = rules.read_text()
    if "guarded" not in text:
        rules.write_text("local all guarded scram-sha-256\n" + text)
        run(cluster.url, "CREATE ROLE guarded LOGIN PASSWORD 'right'")
        run(cluster.url, "SELECT pg_reload_conf()")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql//ffremote@/jobs", "not a URL such as"),
        ("postgresql://h:port/jobs", "not a URL such as"),
        ("mysql://h/jobs", "begins with mysql"),
        ("postgresql+asyncpg://h/jobs", "begins with postgresql.asyncpg"),
    ],
)
def test_a_url_of_another_kind_is_a_wrong_setting(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        database.open_engine(url)


def test_a_database_without_tables_alone_is_one_to_migrate(
    frail: Cluster, settings: Settings
) -> None:
    engine = database.open_engine(settings.registry_url.replace("/jobs?", "/postgres?"))

    with pytest.raises(DatabaseNotReady, match="not migrated yet") as caught:
        startup.require_database(engine)
    engine.dispose()

    assert not isinstance(caught.value, DatabaseUnusable)


def test_a_locked_table_is_a_503_after_the_servers_time(
    client: FlaskClient, settings: Settings
) -> None:
    accepted = submit(client).json
    with psycopg.connect(settings.registry_url) as other:
        other.execute("LOCK TABLE jobs")
        response = client.delete(f"/api/v1/jobs/{accepted['job_id']}")
    again = client.delete(f"/api/v1/jobs/{accepted['job_id']}")

    assert response.json["error"]["message"] == Outage.LOCKED.value
    assert int(response.headers["Retry-After"]) > 0
    assert again.status_code == 202


def test_a_locked_table_of_workers_leaves_answers_of_readyz_and_doctor(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "READY_SECONDS", 5)
    with psycopg.connect(settings.registry_url) as other:
        other.execute("LOCK TABLE workers")
        ready = app.test_client().get("/readyz")
        doctor = app.test_cli_runner().invoke(args=["doctor"])

    checks = {"database": "ok", "storage": "ok", "worker": Outage.LOCKED.value}
    assert (ready.status_code, ready.json) == (503, {"ready": False, "checks": checks})
    assert doctor.output.splitlines()[-2].strip() == f"-> {Outage.LOCKED.value}"


def test_a_full_pool_is_a_503(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgresql, "POOL_SECONDS", 0.1)
    small = settings.model_copy(update={"threads": 1, "transfer_threads": 1})
    app = create_app(small)
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        taken = [engine.connect() for _ in range(6)]
        response = app.test_client().get("/api/v1/jobs")
        for connection in taken:
            connection.close()
        again = app.test_client().get("/api/v1/jobs")
        engine.dispose()

    assert response.json["error"]["message"] == Outage.BUSY.value
    assert (response.status_code, again.status_code) == (503, 200)


def test_a_primary_that_became_a_standby_is_left_for_the_new_one(
    frail: Cluster, client: FlaskClient
) -> None:
    accepted = submit(client)
    set_read_only(frail, "on")
    try:
        stale = submit(client)  # by a connection that was open before
        new = submit(client)  # by one that target_session_attrs refuses
        ready = client.get("/readyz")
    finally:
        set_read_only(frail, "off")
    again = submit(client)

    assert (accepted.status_code, again.status_code) == (202, 202)
    for refused in (stale, new):
        assert refused.json["error"]["message"] == Outage.STANDBY.value
    assert ready.json["checks"]["database"] == Outage.STANDBY.value


def set_read_only(cluster: Cluster, value: str) -> None:
    """Make all transactions read-only, those of open connections too, as on a standby."""
    with psycopg.connect(cluster.url, autocommit=True) as operator:
        operator.execute("SET default_transaction_read_only = off")
        operator.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}".encode())
        operator.execute("SELECT pg_reload_conf()")
    with psycopg.connect(cluster.url, autocommit=True) as other:
        while other.execute("SHOW default_transaction_read_only").fetchone() != (value,):
            pass


def test_a_server_that_hangs_is_a_503_and_the_service_goes_on(
    frail: Cluster, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "READY_SECONDS", 0.5)
    accepted = submit(client).json
    path = f"/api/v1/jobs/{accepted['job_id']}"
    with frozen(frail):
        with postgresql.answering_within(0.5):
            hung = client.get(path)  # an open connection does not answer
            new = client.get(path)  # none can be opened
        ready = client.get("/readyz")
        alive = client.get("/healthz")
    after = client.get(path)

    assert [each.status_code for each in (hung, new, ready, alive)] == [503, 503, 503, 200]
    assert hung.json["error"]["message"] == Outage.SLOW.value
    assert ready.json["checks"]["database"] == Outage.AWAY.value  # no new connection
    assert after.status_code == 200


def test_a_statement_that_takes_too_long_is_ended_by_the_server(settings: Settings) -> None:
    url = settings.registry_url.replace("lock_timeout", "statement_timeout")
    engine = database.open_engine(url)
    with engine.connect() as connection, pytest.raises(Exception) as caught:
        connection.exec_driver_sql("SELECT pg_sleep(60)")
    engine.dispose()

    assert database.outage_of(caught.value) is Outage.SLOW


@pytest.fixture
def disk(frail: Cluster) -> Iterator[Path]:
    """A file system of 64 KB that the cluster may write."""
    path = Path(frail.home, "disk")
    path.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount the small file system that this fills")
    os.chown(path, frail.user or -1, -1)
    yield path
    subprocess.run(["umount", "--lazy", path], check=True)


def test_a_full_disk_of_the_database_is_a_507_and_keeps_the_ballast(
    frail: Cluster, client: FlaskClient, settings: Settings, disk: Path
) -> None:
    storage = Storage(settings.data_dir)
    storage.ballast.write_bytes(b"reserve")
    accepted = submit(client).json
    jobs = settings.registry_url
    run(frail.url, f"CREATE TABLESPACE small LOCATION '{disk}'")
    run(jobs, "CREATE TABLE filler (text TEXT) TABLESPACE small")
    run(jobs, FILL)
    refused = submit(client)
    reading = client.get(f"/api/v1/jobs/{accepted['job_id']}/status")
    run(jobs, "DROP FUNCTION fill CASCADE; DROP TABLE filler")
    run(frail.url, "DROP TABLESPACE small")
    again = submit(client)

    assert (refused.status_code, refused.json["error"]["message"]) == (507, Outage.FULL.value)
    assert (reading.status_code, again.status_code) == (200, 202)
    assert storage.ballast.exists()
    assert ballast.drop(storage)


FILL = """
    CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 999); RETURN NEW; END
    $$;
    CREATE TRIGGER filling AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION fill()
"""


def test_a_missing_schema_version_is_none(frail: Cluster) -> None:
    engine = database.open_engine(frail.url)

    assert schema.schema_version(engine) is None
    engine.dispose()
