"""The error model on every path, the framework's own refusals included."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient


def test_unknown_paths_and_methods(client: FlaskClient) -> None:
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
def test_another_spelling_of_a_path_is_not_redirected(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code in (200, 404)
    assert response.is_json


def test_an_internal_error_does_not_reveal_its_cause(app: Flask, caplog: Any) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("/secret/path")

    response = app.test_client().get("/broken")

    assert (response.status_code, response.json["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in response.text
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
    response = client.post("/api/v1/jobs", data=data, content_type="application/json")

    assert response.status_code == 400
    assert response.json["error"]["code"] == "INVALID_ARGUMENT"
    assert response.json["error"]["details"]["field"] == field


def test_an_unmigrated_database_is_a_503(app: Flask) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    response = app.test_client().get("/readyz")

    assert response.status_code == 503
    assert "flask --app ffremote db upgrade" in response.json["checks"]["database"]
