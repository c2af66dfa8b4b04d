"""A real nginx in front of the real server, with the documented configuration."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.api.access.auth import new_token
from ffremote.config import Settings
from ffremote.files.storage import Storage
from tests.support.builders import queue_job
from tests.support.multipart import file_part, form, job_part
from tests.support.nginx import blocks, documented, running
from tests.support.packages import FILES, complete_package
from tests.support.scripted_server import Reply, Script, replying
from tests.support.server_processes import Running
from tests.support.worker_steps import RESULT, SHA, complete

SECRET, ENTRY = new_token("a")
TOKEN = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def server(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    environ = {"FFREMOTE_ACCEL_PREFIX": "/_files/", "FFREMOTE_TOKENS": ENTRY}
    made = Running("ours", child_environ | environ, tmp_path / "server.log")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def nginx(server: Running, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The URL of an nginx in front of `server`."""
    locations = documented("transfers.md", server.url, settings.data_dir)
    with running(tmp_path / "nginx", locations) as url:
        yield url


@pytest.fixture
def scripted() -> Iterator[Script]:
    """A scripted server, which is also a bucket."""
    with replying(Script()) as script:
        yield script


@pytest.fixture
def job(nginx: str, session: Session, storage: Storage) -> str:
    """The path of a completed job whose input was uploaded through nginx."""
    sent = form(job_part(output_filename="träume.mp4"), file_part())
    made = requests.post(
        f"{nginx}/api/v1/jobs",
        data=sent["data"],
        headers={**TOKEN, "Content-Type": sent["content_type"]},
        timeout=10,
    )
    complete(session, storage)
    return str(made.headers["Location"].removeprefix(nginx))


def get(url: str, **headers: str) -> requests.Response:
    headers = {**TOKEN, "Accept-Encoding": "identity", **headers}
    return requests.get(url, headers=headers, timeout=10)


def test_nginx_sends_the_same_as_the_server(nginx: str, server: Running, job: str) -> None:
    direct, by_nginx = get(f"{server.url}{job}/result"), get(f"{nginx}{job}/result")

    assert (direct.content, by_nginx.content) == (RESULT, RESULT)
    assert by_nginx.headers["Server"].startswith("nginx")
    assert "X-Accel-Redirect" not in {**direct.headers, **by_nginx.headers}
    digest = base64.b64encode(bytes.fromhex(SHA)).decode()
    for name, value in {
        "ETag": f'"{SHA}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Content-Type": "video/mp4",
        "Content-Length": str(len(RESULT)),
        "Content-Disposition": direct.headers["Content-Disposition"],
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }.items():
        assert (name, direct.headers[name], by_nginx.headers[name]) == (name, value, value)


def test_nginx_sends_a_file_of_several_with_the_headers_of_the_server(
    nginx: str, server: Running, session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage)
    complete_package(session, storage)
    path = f"/api/v1/jobs/{job.id}/files/s0.ts"
    base = get(f"{nginx}/api/v1/jobs/{job.id}/files").json()["base_path"]

    direct, by_nginx = get(f"{server.url}{path}"), get(f"{nginx}{path}", Range="bytes=2-8")
    signed = requests.get(f"{nginx}{base}s0.ts", timeout=10)

    assert (direct.content, signed.content) == (FILES["s0.ts"], FILES["s0.ts"])
    assert (by_nginx.status_code, by_nginx.content) == (206, FILES["s0.ts"][2:9])
    names = ("ETag", "Repr-Digest", "Content-Type", "Content-Disposition")
    for name in (*names, "X-Content-Type-Options", "Content-Security-Policy"):
        assert direct.headers[name] == by_nginx.headers[name] == signed.headers[name]


CONDITIONS: list[tuple[dict[str, str], int, bytes]] = [
    ({"Range": "bytes=10-19"}, 206, RESULT[10:20]),
    ({"Range": "bytes=6990-"}, 206, RESULT[6990:]),
    ({"Range": "bytes=-7"}, 206, RESULT[-7:]),
    ({"Range": "bytes=10-19", "If-Range": f'"{SHA}"'}, 206, RESULT[10:20]),
    ({"Range": "bytes=10-19", "If-Range": '"other"'}, 200, RESULT),
    ({"Range": "bytes=0-1,5-9"}, 200, RESULT),
    ({"If-None-Match": f'"{SHA}"'}, 304, b""),
    ({"If-None-Match": '"other"'}, 200, RESULT),
]


def test_ranges_and_conditions_are_the_same_with_and_without_nginx(
    nginx: str, server: Running, job: str
) -> None:
    for url in (server.url, nginx):
        for headers, status, body in CONDITIONS:
            response = get(f"{url}{job}/result", **headers)

            assert (headers, response.status_code, response.content) == (headers, status, body)
            if status == 206:
                assert response.headers["Content-Range"].endswith(f"/{len(RESULT)}")
                assert response.headers["ETag"] == f'"{SHA}"'


def test_errors_are_those_of_the_server(nginx: str, job: str) -> None:
    assert requests.get(f"{nginx}{job}/result", timeout=10).json()["error"]["code"] == (
        "UNAUTHORIZED"
    )
    late = get(f"{nginx}{job}/result", Range="bytes=9999-")
    assert (late.status_code, late.json()["error"]["code"]) == (416, "INVALID_ARGUMENT")


def test_a_file_cannot_be_fetched_by_its_path(nginx: str, job: str, storage: Storage) -> None:
    files = [path for path in storage.jobs.rglob("*") if path.is_file()]
    assert files

    for path in files:
        response = get(f"{nginx}/_files/{path.relative_to(storage.jobs)}")

        assert response.status_code == 404
        assert RESULT not in response.content


def test_a_client_that_claims_to_be_nginx_gets_no_server_path(
    server: Running, nginx: str, job: str, settings: Settings
) -> None:
    forged = get(f"{server.url}{job}/result", **{"X-Accel-Prefix": "/_files/"})
    other = get(f"{server.url}{job}/result", **{"X-Accel-Prefix": "/etc/"})
    through = get(f"{nginx}{job}/result", **{"X-Accel-Prefix": "/etc/"})

    assert (forged.content, other.content, through.content) == (b"", RESULT, RESULT)
    assert str(settings.data_dir) not in str(forged.headers)


def test_nginx_tells_the_bucket_nothing_of_the_client_and_the_client_nothing_of_the_bucket(
    tmp_path: Path, scripted: Script
) -> None:
    link = quote(f"{scripted.url}/bucket/key?X-Amz-Signature=c0ffee", safe="")
    headers = {"X-Accel-Redirect": f"/_files/depot/{link}", "X-Accel-Range": "bytes=1-2"}
    scripted.on("GET /healthz", Reply())
    scripted.on("GET /result", Reply(200, b"", headers))
    scripted.on("GET /bucket/key", Reply(403, b"<Error><Key>k</Key></Error>"))
    pages = ("transfers.md", "fleet.md")
    locations = "\n".join(documented(page, scripted.url, tmp_path) for page in pages)

    with running(tmp_path / "nginx", locations) as url:
        answer = get(f"{url}/result", Cookie="a=b", **{"If-None-Match": '"x"'})

    asked = scripted.requests[-1]
    assert asked.path == "/bucket/key?X-Amz-Signature=c0ffee"
    assert asked.headers == {"Host": scripted.url.removeprefix("http://"), "Range": "bytes=1-2"} | {
        "Connection": "close"
    }
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert not any("c0ffee" in log.read_text() for log in (tmp_path / "nginx").glob("*.log"))


def test_all_calls_of_a_claim_reach_one_of_several_servers(tmp_path: Path) -> None:
    claims = [f"/worker/v1/jobs/{'1' * 32}/{number:032x}" for number in range(8)]
    calls = ("results/0", "results/1", "results", "beat", "complete")
    with replying(Script()) as first, replying(Script()) as second:
        above = blocks("fleet.md")[1]
        for written, script in (("server1:8080", first), ("server2:8080", second)):
            script.on("GET /healthz", Reply())
            above = above.replace(written, script.url.removeprefix("http://"))
        with running(
            tmp_path / "nginx", "location / { proxy_pass http://servers; }", above=above
        ) as url:
            for claim in claims:
                for call in calls:
                    requests.post(f"{url}{claim}/{call}", timeout=10)

    found = [{each.path for each in script.requests} for script in (first, second)]
    for claim in claims:
        assert sorted(sum(f"{claim}/{call}" in paths for call in calls) for paths in found) == [
            0,
            5,
        ]
    assert all(any("/worker/" in path for path in paths) for paths in found)
