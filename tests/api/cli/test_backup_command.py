"""`flask backup`: a consistent copy, made while other connections write."""

import threading
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from ffremote.db import database, schema
from tests.support.multipart import file_part, form, job_part


def run(app: Flask, target: Path) -> Any:
    return app.test_cli_runner().invoke(args=["backup", str(target)])


def jobs_in(path: Path) -> tuple[str, int, str | None]:
    engine = database.open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        whole = str(connection.scalar(text("PRAGMA integrity_check")))
        jobs = int(connection.scalar(text("SELECT count(*) FROM jobs")) or 0)
    version = schema.schema_version(engine)
    engine.dispose()
    return whole, jobs, version


def test_a_backup_has_all_jobs_while_more_are_submitted(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    client.post("/api/v1/jobs", **form(job_part(), file_part()))
    over = threading.Event()
    accepted = []

    def submit() -> None:
        while not over.is_set():
            response = app.test_client().post("/api/v1/jobs", **form(job_part(), file_part()))
            accepted.append(response.status_code)

    writer = threading.Thread(target=submit)
    writer.start()
    done = run(app, tmp_path / "copy.db")
    over.set()
    writer.join()

    whole, jobs, version = jobs_in(tmp_path / "copy.db")
    assert (done.exit_code, whole, version) == (0, "ok", schema.HEAD)
    assert 1 <= jobs <= 1 + len(accepted)
    assert set(accepted) <= {202}
    assert [path.name for path in tmp_path.glob("*.partial")] == []


def test_a_backup_overwrites_nothing(app: Flask, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")

    refused = run(app, target)

    assert refused.exit_code == 1
    assert "exists already" in refused.output
    assert target.read_text() == "mine"
