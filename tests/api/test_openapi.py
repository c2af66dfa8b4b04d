"""The description is of what is served: every call, and every key of real answers."""

from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from forms import file_part, form, job_part

from ffremote.api.openapi import IMPLIED, PAGES
from ffremote.api.operations import OPERATIONS

API = "/api/v1"


@pytest.fixture
def document(client: FlaskClient) -> Any:
    answer = client.get(f"{API}/openapi.json")
    assert answer.status_code == 200
    return answer.json


def test_every_call_is_described_and_nothing_else(app: Flask, document: Any) -> None:
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


def test_every_reference_leads_somewhere(document: Any) -> None:
    def refs(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if "$ref" in value else set()
            return own.union(*(refs(each) for each in value.values()))
        return set().union(*(refs(each) for each in value)) if isinstance(value, list) else set()

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert refs(document) <= known


def test_real_answers_have_the_keys_that_are_told(client: FlaskClient, document: Any) -> None:
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
    """Notes what a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [str(value) for name, value in attrs if name == "src" or tag == "link"]

    def handle_data(self, data: str) -> None:
        self.words += f"{data} "


def test_the_page_tells_every_path_and_loads_nothing(client: FlaskClient, document: Any) -> None:
    answer = client.get("/docs")

    page = Assets()
    page.feed(answer.text)
    assert page.loaded == []
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    for path in document["paths"]:
        assert path in page.words
