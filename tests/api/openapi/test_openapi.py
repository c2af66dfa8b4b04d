"""The OpenAPI document describes what is served: every operation, and every key of responses."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from ffremote.api.openapi.document import IMPLIED, PAGES
from ffremote.api.openapi.operations import OPERATIONS
from tests.support.multipart import file_part, form, job_part

API = "/api/v1"


@pytest.fixture
def document(client: FlaskClient) -> Any:
    response = client.get(f"{API}/openapi.json")
    assert response.status_code == 200
    return response.json


def test_every_operation_is_described_and_no_other(app: Flask, document: Any) -> None:
    served = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint not in PAGES
        and (method not in IMPLIED or (rule.endpoint, method) in OPERATIONS)
    }

    assert served == set(OPERATIONS)
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]["/api/v1/jobs"]) == {"get", "post"}
    for methods in document["paths"].values():
        assert all(operation["summary"] for operation in methods.values())


def test_every_reference_has_a_target(document: Any) -> None:
    def refs(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if "$ref" in value else set()
            return own.union(*(refs(each) for each in value.values()))
        return set().union(*(refs(each) for each in value)) if isinstance(value, list) else set()

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert refs(document) <= known


def test_real_responses_have_the_described_keys(client: FlaskClient, document: Any) -> None:
    def keys(name: str) -> set[str]:
        return set(document["components"]["schemas"][name]["required"])

    accepted = client.post(f"{API}/jobs", **form(job_part(), file_part())).json
    job = f"{API}/jobs/{accepted['job_id']}"
    whole = client.get(job).json
    dry = client.post(f"{API}/jobs?dry_run=1", json={"output_filename": "a.mp4"})
    listed = client.get(f"{API}/jobs").json

    assert set(accepted) == keys("Accepted")
    assert set(dry.json) == keys("DryRun")
    assert set(listed) == keys("JobList")
    assert set(listed["items"][0]) == keys("Summary")
    assert set(client.get(f"{job}/status").json) == keys("Status")
    assert set(whole) == keys("Job")
    upload = client.get(f"{API}/uploads/{whole['input']['upload_id']}").json
    assert set(upload) == keys("Upload")
    assert set(client.get(f"{API}/capabilities").json) == keys("Capabilities")
    assert set(client.get(f"{API}/presets").json["items"][0]) == keys("Preset")
    assert set(client.get("/readyz").json) == keys("Readiness")


class Assets(HTMLParser):
    """Collects what a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [str(value) for name, value in attrs if name == "src" or tag == "link"]

    def handle_data(self, data: str) -> None:
        self.words += f"{data} "


def test_the_docs_page_lists_every_path_and_loads_nothing(
    client: FlaskClient, document: Any
) -> None:
    response = client.get("/docs")

    page = Assets()
    page.feed(response.text)
    assert page.loaded == []
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    for path in document["paths"]:
        assert path in page.words


def test_operation_ids_are_unique_and_each_operation_has_a_tag_and_a_text(document: Any) -> None:
    calls = [each for methods in document["paths"].values() for each in methods.values()]
    names = [call["operationId"] for call in calls]
    tags = {tag["name"] for tag in document["tags"]}

    assert len(names) == len(set(names))
    assert {
        "uploads_show",
        "uploads_show_head",
        "uploads_options",
        "uploads_options_of_one",
    } <= set(names)
    assert all(call["description"] and set(call["tags"]) <= tags for call in calls)
    assert document["servers"][0]["url"] == "/"
    ready = document["paths"]["/readyz"]["get"]["responses"]["503"]["content"]
    assert ready["application/json"]["schema"] == {"$ref": "#/components/schemas/Readiness"}


def test_every_schema_is_valid_and_every_example_fits_and_is_accepted(
    client: FlaskClient, document: Any
) -> None:
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)

    body = document["paths"]["/api/v1/jobs"]["post"]["requestBody"]["content"]["application/json"]
    job = Draft202012Validator({**schemas["JobSpec"], "components": document["components"]})
    assert len(body["examples"]) >= 3
    for example in body["examples"].values():
        job.validate(example["value"])
        answer = client.post(f"{API}/jobs?dry_run=1", json=example["value"])
        assert answer.status_code == 200, answer.json
    for fields in ({"input": {"duration": 1, "end": 2}}, {"input": {}, "inputs": [{}]}):
        both = {"output_filename": "a.mp4", **fields}
        assert not job.is_valid(both)
        assert client.post(f"{API}/jobs?dry_run=1", json=both).status_code == 400


def test_headers_with_few_values_list_them(client: FlaskClient, document: Any) -> None:
    one = document["paths"]["/api/v1/uploads/{upload_id}"]
    override = one["post"]["parameters"][1]
    [version] = [p for p in one["patch"]["parameters"] if p["name"] == "Tus-Resumable"]
    place = f"{API}/uploads/00000000-0000-4000-8000-000000000000"

    assert override["schema"]["enum"] == ["PATCH", "DELETE", "HEAD"]
    assert version["schema"]["const"] == "1.0.0"
    for value in ("", "GET"):
        response = client.post(place, headers={"X-HTTP-Method-Override": value})
        assert (response.status_code, response.json["error"]["details"]) == (
            400,
            {"field": "X-HTTP-Method-Override"},
        )
    assert client.head(place, headers={"Tus-Resumable": ""}).status_code == 412
    assert client.options(f"{API}/uploads/nonsense").status_code == 404
    assert client.options(place).status_code == 204


def test_the_example_of_each_answer_fits_its_schema(document: Any) -> None:
    shared = {"components": document["components"]}
    checked = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if content is None:
                    continue
                errors = list(
                    Draft202012Validator({**content["schema"], **shared}).iter_errors(
                        content["example"]
                    )
                )
                assert errors == [], f"{method} {path} {status}"
                checked += 1
    assert checked > 50


def test_the_docs_page_has_contents_examples_and_linked_schemas(
    client: FlaskClient, document: Any
) -> None:
    response = client.get("/docs")

    text = response.text
    targets = set(re.findall(r'href="#([^"]+)"', text))
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)
    assert {f"schema-{name}" for name in document["components"]["schemas"]} <= set(ids)
    calls = [each for methods in document["paths"].values() for each in methods.values()]
    assert {call["operationId"] for call in calls} <= targets
    assert text.count('aria-label="Example">curl ') == len(calls)
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
