"""`/metrics` and `/service/history`, and that rules and boards for them name metrics that exist."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML
from sqlalchemy.orm import Session

from ffremote.api.context import KEY
from ffremote.api.service_state import sampling
from ffremote.db import database
from ffremote.db.journal.sample import Sample
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.jobs.journal.samples import MINUTE
from tests.support.builders import queue_job
from tests.support.paths import CHECKOUT

HISTORY = "/api/v1/service/history"
RULES = CHECKOUT / "deploy/prometheus/ffremote.rules.yml"
BOARD = CHECKOUT / "deploy/grafana/ffremote.json"
METRIC = re.compile(r"\bffremote_[a-z_]+")


def samples_of(client: FlaskClient) -> dict[str, float]:
    """Return the values of all metrics by name and labels."""
    text = client.get("/metrics").text
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_counters_and_histograms_are_there_before_the_first_job(client: FlaskClient) -> None:
    found = samples_of(client)

    assert found["ffremote_rescues_total"] == found["ffremote_input_bytes_total"] == 0
    assert found["ffremote_job_running_seconds_bucket +Inf"] == 0


def test_an_end_and_the_requests_are_counted(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    store.request_cancel(session, queue_job(session, storage).id)
    client.get("/api/v1/jobs")
    client.get("/api/v1/jobs?state=x")
    client.post("/nowhere/at/all", data=b"12345")

    found = samples_of(client)

    assert found["ffremote_jobs_ended_total  canceled"] == 1
    assert found["ffremote_job_transfer_seconds_count"] == 1
    assert found["ffremote_job_running_seconds_count"] == 0
    assert found["ffremote_http_requests_total jobs GET 2xx"] == 1
    assert found["ffremote_http_requests_total jobs GET 4xx"] == 1
    assert found["ffremote_http_requests_total none other 4xx"] == 1
    assert found["ffremote_http_received_bytes_total"] == 5
    assert found["ffremote_http_sent_bytes_total"] > 100


def test_the_history_has_what_the_document_describes(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    for _ in range(2):
        with app.app_context():
            sampling.sample(app.extensions[KEY])
        with database.writing(session):
            for row in session.query(Sample):
                row.at -= MINUTE

    history = client.get(HISTORY).json

    schemas = client.get("/api/v1/openapi.json").json["components"]["schemas"]
    Draft202012Validator(schemas["History"]).validate(history)
    assert [each["free_bytes"] > 0 for each in history["items"]] == [True]


@pytest.mark.parametrize("minutes", ["0", "1441", "x", "-1", "1e3", "²"])
def test_a_wrong_number_of_minutes_is_refused(client: FlaskClient, minutes: str) -> None:
    response = client.get(HISTORY, query_string={"minutes": minutes})

    assert response.status_code == 400
    assert response.json["error"]["details"]["field"] == "minutes"


def expressions() -> Iterator[tuple[str, str]]:
    """Yield each expression of the rules and the board, with where it is."""
    for group in YAML(typ="safe").load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads(BOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def names_of(client: FlaskClient) -> set[str]:
    """Return the names of all samples, those too that have no value yet."""
    found: set[str] = set()
    for family in text_string_to_metric_families(client.get("/metrics").text):
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        found |= {family.name + each for each in suffixes.get(family.type, [""])}
    return found


def test_rules_and_board_name_metrics_that_exist(app: Flask, client: FlaskClient) -> None:
    limited = app.extensions[KEY].settings.model_copy(update={"max_stored_bytes": 1})
    object.__setattr__(app.extensions[KEY], "settings", limited)
    known = names_of(client)

    named: dict[str, Any] = {where: set(METRIC.findall(text)) for where, text in expressions()}

    assert all(named.values())
    assert {where: names - known for where, names in named.items() if names - known} == {}


def test_each_alert_says_what_to_do() -> None:
    for group in YAML(typ="safe").load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "ticket")
            assert rule["annotations"]["summary"] and rule["annotations"]["description"]
