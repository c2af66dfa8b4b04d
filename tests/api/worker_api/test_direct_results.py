"""A result that a worker over HTTP sends to the bucket itself, by links of the server."""

import base64
import hashlib
import secrets
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.factory import create_app
from ffremote.config import DownloadWay, Settings
from ffremote.depot import keys
from ffremote.files.opening import open_storage
from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.support.buckets import in_bucket
from tests.support.builders import CONTENT, queue_job
from tests.support.http_worker import END, HttpWorker, sent
from tests.support.s3_servers import S3Server

JOBS = "/api/v1/jobs"
PART = 5 << 20
RESULT = secrets.token_bytes(1 << 20) * 11  # three parts
KINDS = ["seaweedfs", pytest.param("swift", marks=pytest.mark.wide)]


@pytest.fixture(params=KINDS)
def bucket(request: pytest.FixtureRequest) -> S3Server:
    """A real object store."""
    found: S3Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def way() -> DownloadWay:
    """How downloads are sent: clients and workers reach the bucket."""
    return DownloadWay.REDIRECT


@pytest.fixture
def settings(
    settings: Settings, bucket: S3Server, monkeypatch: pytest.MonkeyPatch, way: DownloadWay
) -> Settings:
    """Settings of a server with a bucket."""
    changes = {"downloads": way, "accel_prefix": "/kept/", "max_output_bytes": 20 << 20}
    return in_bucket(settings, bucket, monkeypatch, **changes)


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """The storage of these settings, as the server has it."""
    made = open_storage(settings)
    made.prepare()
    return made


def offer(worker: HttpWorker, size: int = len(RESULT), **more: Any) -> Any:
    """Ask for links."""
    answer = worker.post("results/0/parts", {"bytes": size, **more})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def send(links: list[str], data: bytes = RESULT) -> list[str]:
    """Send the parts as a worker does, which has no credentials; return their ETags."""
    etags = []
    for start, link in zip(range(0, len(data), PART), links, strict=True):
        part = data[start : start + PART]
        md5 = base64.b64encode(hashlib.md5(part, usedforsecurity=False).digest()).decode()
        answer = requests.put(link, part, headers={"Content-MD5": md5}, timeout=30)
        assert answer.status_code == 200, answer.text
        etags.append(answer.headers["ETag"])
    return etags


def end(worker: HttpWorker, receipt: str) -> int:
    """End the job as completed; return the status."""
    return worker.post("complete", END | {"receipt": receipt}).status_code


def test_a_result_goes_to_the_bucket_and_is_the_jobs(
    busy: HttpWorker, client: FlaskClient, session: Session, storage: Storage
) -> None:
    job_id, token = busy.claimed["job_id"], busy.claimed["token"]
    offered = offer(busy)
    rest = offer(busy, upload=offered["upload"], first=3)
    etags = send([*offered["links"][:2], *rest["links"]])
    described = sent(RESULT, upload=offered["upload"], etags=etags)

    published = [busy.publish(described).get_json() for _ in range(2)]

    assert offered["part_bytes"] == PART
    assert [each["sha256"] for each in published] == 2 * [hashlib.sha256(RESULT).hexdigest()]
    assert end(busy, published[1]["receipt"]) == 204
    row = store.find(session, job_id)
    assert (row.result_object, row.result_bytes) == (keys.result(job_id, token), len(RESULT))
    shown = client.get(f"{JOBS}/{job_id}/result")
    assert requests.get(shown.headers["Location"], timeout=30).content == RESULT


def test_an_input_comes_from_the_bucket_by_a_link(busy: HttpWorker) -> None:
    answer = busy.get("/inputs/0", Prefer="redirect")

    assert answer.status_code == 307
    found = requests.get(answer.headers["Location"], headers={"Range": "bytes=1-3"}, timeout=30)
    assert found.content == CONTENT[1:4]


def test_another_server_ends_the_job_by_its_receipt(
    busy: HttpWorker, session: Session, settings: Settings, tmp_path: Path
) -> None:
    offered = offer(busy)
    etags = send(offered["links"])
    receipt = busy.publish(sent(RESULT, upload=offered["upload"], etags=etags)).get_json()[
        "receipt"
    ]

    changes = {"data_dir": tmp_path / "other", "database_url": settings.registry_url}
    elsewhere = settings.model_copy(update=changes)
    other = HttpWorker(create_app(elsewhere).test_client(), "")
    other.claimed, other.headers = busy.claimed, busy.headers

    assert end(other, receipt) == 204
    assert store.find(session, busy.claimed["job_id"]).result_bytes == len(RESULT)


@pytest.mark.parametrize("receipt", ["", "nonsense", "bm9uc2Vuc2U=", "stolen"])
def test_without_the_receipt_of_this_claim_no_result_counts(
    worker: HttpWorker, session: Session, storage: Storage, receipt: str
) -> None:
    for _ in range(2):
        queue_job(session, storage)
    worker.register(concurrency=2)
    worker.claim()
    offered = offer(worker)
    described = sent(RESULT, upload=offered["upload"], etags=send(offered["links"]))
    stolen = worker.publish(described).get_json()["receipt"]
    worker.claim()

    status = end(worker, stolen if receipt == "stolen" else receipt)

    assert status == (409 if receipt == "" else 400)


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"sha256": "ab" * 32}, 400, "files[0].sha256"),
        ({"bytes": len(RESULT) - 1}, 400, "files[0].bytes"),
        ({"bytes": len(RESULT) + 1}, 400, "files[0].bytes"),
        ({"etags": ['"' + "ab" * 16 + '"']}, 400, "files[0].etags"),
        ({"upload": "another"}, 400, "files[0].etags"),
        ({"upload": "x" * 1001}, 400, "files.0.upload"),
        ({"bytes": 21 << 20}, 413, "the limit is"),
    ],
)
def test_a_worker_that_lies_about_its_parts_is_refused_and_nothing_is_kept(
    busy: HttpWorker, storage: Storage, changes: dict[str, Any], status: int, words: str
) -> None:
    offered = offer(busy)
    described = sent(RESULT, upload=offered["upload"], etags=send(offered["links"])) | changes

    answer = busy.publish(described)

    assert answer.status_code == status and words in answer.text
    job_id, token = busy.claimed["job_id"], busy.claimed["token"]
    with pytest.raises(FileNotFoundError):
        storage.depot.size(keys.result(job_id, token))


@pytest.mark.slow
def test_after_a_lie_the_right_result_is_taken(busy: HttpWorker, session: Session) -> None:
    offered = offer(busy)
    wrong = sent(RESULT, upload=offered["upload"], etags=send(offered["links"]), sha256="ab" * 32)
    assert busy.publish(wrong).status_code == 400

    again = offer(busy)
    described = sent(RESULT, upload=again["upload"], etags=send(again["links"]))

    assert end(busy, busy.publish(described).get_json()["receipt"]) == 204


def test_who_has_lost_the_claim_gets_no_links(busy: HttpWorker, client: FlaskClient) -> None:
    client.delete(f"{JOBS}/{busy.claimed['job_id']}")

    assert busy.post("results/0/parts", {"bytes": 1}).status_code == 410


@pytest.mark.parametrize("way", [DownloadWay.PROXY, DownloadWay.NGINX])
@pytest.mark.parametrize("bucket", ["seaweedfs"], indirect=True)
def test_a_server_whose_bucket_is_its_own_takes_results_itself(
    busy: HttpWorker, way: DownloadWay
) -> None:
    headers = {"Prefer": "redirect", "X-Accel-Prefix": "/kept/"}

    assert offer(busy) == {"upload": None, "part_bytes": 0, "links": []}
    assert busy.get("/inputs/0", **headers).data == CONTENT
    refused = busy.publish(sent(RESULT, upload="u", etags=["e"]))
    assert (refused.status_code, refused.get_json()["error"]["details"]["field"]) == (
        400,
        "files[0].upload",
    )
