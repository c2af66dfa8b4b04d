"""Uploads of raw data: any first bytes are accepted for a job that declares it, and only then."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from ffremote.files.storage import Storage
from tests.support.multipart import file_part, form, job_part
from tests.support.tus_requests import create, error_of, patch

TEXT = b"#!/bin/sh text that is no media\n" * 40
RAW = {"input": {"format": "s16le"}}


def job(**fields: Any) -> str:
    return json.dumps({"output_filename": "a.wav", **fields})


@pytest.mark.parametrize("order", [1, -1])
def test_a_form_may_carry_any_bytes_of_declared_samples(client: FlaskClient, order: int) -> None:
    parts = [job_part(**RAW), file_part(TEXT)]

    assert client.post("/api/v1/jobs", **form(*parts[::order])).status_code == 202


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("section", [{}, {"format": "h264"}])
def test_a_form_with_text_is_refused_for_any_other_job(
    client: FlaskClient, storage: Storage, section: dict[str, str], order: int
) -> None:
    parts = [job_part(input=section), file_part(TEXT)]

    refused = client.post("/api/v1/jobs", **form(*parts[::order]))

    assert error_of(refused) == (415, "UNSUPPORTED_MEDIA_TYPE", "file")
    assert [*storage.upload_ids(), *storage.job_ids()] == []


def test_each_file_of_a_form_is_judged_by_its_own_input(client: FlaskClient) -> None:
    several = job_part(inputs=[{}, {"format": "u8"}])

    fine = client.post("/api/v1/jobs", **form(several, file_part(), file_part(TEXT)))
    refused = client.post("/api/v1/jobs", **form(file_part(TEXT), file_part(), several))

    assert fine.status_code == 202
    assert error_of(refused) == (415, "UNSUPPORTED_MEDIA_TYPE", "file")


def test_an_empty_file_is_refused_for_raw_data_too(client: FlaskClient) -> None:
    refused = client.post("/api/v1/jobs", **form(job_part(**RAW), file_part(b"")))

    assert error_of(refused) == (415, "UNSUPPORTED_MEDIA_TYPE", "file")


def test_an_upload_that_a_job_declares_as_raw_may_hold_any_bytes(client: FlaskClient) -> None:
    made = create(client, len(TEXT), job=job(**RAW))

    assert patch(client, made.headers["Location"], 0, TEXT).status_code == 204
    assert create(client, len(TEXT), job=job(input={})).status_code == 201


def test_an_upload_that_a_later_job_declares_as_raw_may_hold_any_bytes(
    client: FlaskClient,
) -> None:
    url = create(client, len(TEXT)).headers["Location"]
    upload_id = url.rpartition("/")[2]
    named = {"input": {"format": "u8", "upload_id": upload_id}}
    asked = client.post("/api/v1/jobs", data=job(**named), content_type="application/json")

    assert asked.status_code == 202
    assert patch(client, url, 0, TEXT).status_code == 204


def test_an_upload_without_a_job_is_not_taken_for_raw_data(client: FlaskClient) -> None:
    made = create(client, len(TEXT))

    refused = patch(client, made.headers["Location"], 0, TEXT)

    assert error_of(refused) == (415, "UNSUPPORTED_MEDIA_TYPE", "file")
