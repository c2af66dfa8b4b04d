"""Downloads from a bucket, in turns with boto3 itself: through the server, and by its redirect."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.parts import jobs
from benchmarks.parts.turns import Step, in_turns, print_rates, write
from benchmarks.parts.wire import BLOCK, SIZE, Address, fetch
from tests.support.s3_servers import BUCKET, S3Server, client
from tools.private_service import Service

BOTO3 = "boto3"
OLD = "User-Agent: ffremote"  # of a client that refuses redirects
FOLLOWS = "Prefer: redirect"


def measure(service: Service, bucket: S3Server, scratch: Path) -> None:
    """Print MB/s; the service redirects clients that follow."""
    address = _address(service.url)
    clip = jobs.make_clip(scratch / "short.mp4", seconds=1, size="320x180")
    job_id = jobs.submit(service, clip, {"output_filename": "out.mp4"})
    jobs.wait(service, job_id)
    store, key = client(bucket), _key_of(bucket, job_id)
    write(scratch / "film", SIZE)
    store.upload_file(str(scratch / "film"), BUCKET, key)
    path = f"/api/v1/jobs/{job_id}/result"

    def by_boto3() -> None:
        body = store.get_object(Bucket=BUCKET, Key=key)["Body"]
        while body.read(len(BLOCK)):
            pass

    def redirected() -> None:
        link = _location(address, path)
        parts = urlsplit(link)
        fetch(_address(link), f"{parts.path}?{parts.query}", host=parts.netloc)

    steps: dict[str, Step] = {
        BOTO3: by_boto3,
        "through the server": lambda: fetch(address, path, OLD),
        "redirected": redirected,
    }
    print(f"  download of {SIZE >> 20} MiB from a bucket, medians in turns")
    print_rates(in_turns(steps), BOTO3)


def _key_of(bucket: S3Server, job_id: str) -> str:
    """Return the name of the object with the result of a job."""
    found = client(bucket).list_objects_v2(Bucket=BUCKET)["Contents"]
    [key] = [each["Key"] for each in found if f"jobs/{job_id}/" in each["Key"]]
    return str(key)


def _location(address: Address, path: str) -> str:
    lines = (f"GET {path} HTTP/1.1", "Host: localhost", FOLLOWS, "Connection: close", "", "")
    answer = b""
    with socket.create_connection(address, timeout=60) as line:
        line.sendall("\r\n".join(lines).encode())
        while block := line.recv(1 << 16):
            answer += block
    if not answer.startswith(b"HTTP/1.1 307"):
        raise RuntimeError(answer.decode())
    return answer.partition(b"\r\nLocation: ")[2].partition(b"\r\n")[0].decode()


def _address(url: str) -> Address:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0
