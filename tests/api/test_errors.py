"""The error model on every path, the framework's own refusals included."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient


def test_no_such_path_and_no_such_method(client: FlaskClient) -> None:
    lost = client.get("/api/v1/nothing")
    wrong = client.put("/api/v1/jobs")

    assert (lost.status_code, lost.json) == (
        404,
        {
            "error": {
                "code": "NOT_FOUND",
                "message": "/api/v1/nothing does not exist.",
                "details": {},
            }
        },
    )
    assert (wrong.status_code, wrong.json["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["//api/v1/jobs", "/api/v1/jobs/", "/api//v1/jobs"])
def test_no_other_spelling_of_a_path_is_a_redirect(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code in (200, 404)
    assert answer.is_json


def test_a_mistake_of_ours_is_said_without_its_inside(app: Flask, caplog: Any) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("/secret/path")

    answer = app.test_client().get("/broken")

    assert (answer.status_code, answer.json["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in answer.text
    assert "/secret/path" in caplog.text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"{", "job"),
        (b"", "job"),
        (b"[]", "job"),
        (b'{"output_filename":"a.mp4","x":1}', "x"),
        (b'{"output_filename":"../a.mp4"}', "output_filename"),
        (b'{"output_filename":5}', "output_filename"),
        (b'{"output_filename":"a.mp4","output_filename":"b.mp4"}', "job"),
    ],
)
def test_a_wrong_job_names_its_field(client: FlaskClient, data: bytes, field: str) -> None:
    answer = client.post("/api/v1/jobs", data=data, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "INVALID_ARGUMENT"
    assert answer.json["error"]["details"]["field"] == field


def test_an_unmigrated_database_is_a_503(app: Flask) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert "flask --app ffremote db upgrade" in answer.json["checks"]["database"]
