"""Real S3 servers for one run of the tests: SeaweedFS, and Swift, which shares no code with it."""

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ffremote.s3_address import S3Address
from tests.support.waiting import wait_for

SECRET = "ffremote-test-secret"
REGION = "us-east-1"
BUCKET = "ffremote"
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class S3Server:
    """A server on loopback with one bucket, and the credentials for it."""

    endpoint: str
    access_key: str
    processes: tuple[subprocess.Popen[bytes], ...]

    @property
    def environ(self) -> dict[str, str]:
        """The credentials, as boto3 finds them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def log_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put the credentials into the environment of the test."""
        for name, value in self.environ.items():
            monkeypatch.setenv(name, value)

    def address(self, prefix: str, *, part_bytes: int = 5 << 20) -> S3Address:
        """Return the address of a prefix, which ends with a slash."""
        return S3Address(BUCKET, prefix, self.endpoint, REGION, True, part_bytes)

    def url(self, prefix: str) -> str:
        """Return the same as a value of FFREMOTE_STORAGE_URL."""
        return f"s3://{BUCKET}/{prefix}?endpoint={self.endpoint}&region={REGION}&part=5"

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the server hang: it accepts connections and does not answer."""
        for process in self.processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in self.processes:
                process.send_signal(signal.SIGCONT)


def missing(kind: str) -> str | None:
    """Return why no server of this kind can be started, or None."""
    program, hint = {
        "seaweedfs": ("weed", "./run test installs it on Linux x86-64"),
        "swift": ("swift-proxy-server", "./run test --all installs it on Linux"),
    }[kind]
    return None if (PROGRAMS / program).exists() else f"no {kind} is installed ({hint})"


@contextmanager
def running(kind: str, home: Path) -> Iterator[S3Server]:
    """Run a server in the directory `home`; end it with all of its processes."""
    start = {"seaweedfs": _seaweedfs, "swift": _swift}[kind]
    with ExitStack() as stack:
        server = start(home, stack)
        wait_for(lambda: _make_bucket(server))
        yield server


def _seaweedfs(home: Path, stack: ExitStack) -> S3Server:
    ports = _free_ports(8)
    identity = {"name": "ffremote", "credentials": [{"accessKey": "test", "secretKey": SECRET}]}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    identities = home / "identities.json"
    identities.write_text(json.dumps({"identities": [identity | {"actions": actions}]}))
    (home / "data").mkdir()
    names = ("master", "volume", "filer", "s3")
    words = [f"-{name}.port={port}" for name, port in zip(names, ports[:4], strict=True)]
    words += [f"-{name}.port.grpc={port}" for name, port in zip(names, ports[4:], strict=True)]
    words += ["-filer", f"-filer.localSocket={home}/filer", "-s3", f"-s3.localSocket={home}/s3"]
    words += ["-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={identities}"]
    words += ["-master.telemetry=false", "-master.electionTimeout=1s", "-master.resumeState=false"]
    words += ["-master.volumeSizeLimitMB=256", "-volume.max=100", "-volume.preStopSeconds=0"]
    listen = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    process = stack.enter_context(
        _process(home, "weed", f"-logdir={home}", "server", f"-dir={home}/data", *listen, *words)
    )
    return S3Server(f"http://127.0.0.1:{ports[3]}", "test", (process,))


def _swift(home: Path, stack: ExitStack) -> S3Server:
    ports = dict(zip(("account", "container", "object", "proxy"), _free_ports(4), strict=True))
    (home / "disk" / "d1").mkdir(parents=True)
    common = f"swift_dir = {home}\nbind_ip = 127.0.0.1\nworkers = 0\nuser = {_user()}\n"
    _write(home / "swift.conf", SWIFT)
    for name in ("account", "container", "object"):
        store = f"devices = {home}/disk\nmount_check = false\ndisable_fallocate = true\n"
        head = f"[DEFAULT]\nbind_port = {ports[name]}\n{common}{store}"
        tail = f"[pipeline:main]\npipeline = {name}-server\n"
        tail += f"[app:{name}-server]\nuse = egg:swift#{name}\n"
        _write(home / f"{name}.conf", head + tail)
        builder = f"{home}/{name}.builder"
        for words in (
            ("create", "4", "1", "0"),
            ("add", f"r1z1-127.0.0.1:{ports[name]}/d1", "1"),
            ("rebalance",),
        ):
            command = (PROGRAMS / "swift-ring-builder", builder, *words)
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    head = f"[DEFAULT]\nbind_port = {ports['proxy']}\n{common}"
    _write(home / "proxy.conf", head + PROXY)
    processes = [
        stack.enter_context(_process(home, f"swift-{name}-server", f"{home}/{name}.conf"))
        for name in ports
    ]
    return S3Server(f"http://127.0.0.1:{ports['proxy']}", "ffremote:test", tuple(processes))


SWIFT = """
[swift-hash]
swift_hash_path_suffix = ffremote
[storage-policy:0]
name = one
default = yes
"""
PROXY = f"""
[pipeline:main]
pipeline = catch_errors healthcheck cache listing_formats bulk s3api tempauth slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = {REGION}
min_segment_size = 5242880
[filter:tempauth]
use = egg:swift#tempauth
user_ffremote_test = {SECRET} .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""


def _write(path: Path, text: str) -> None:
    path.write_text(text.lstrip())


def _user() -> str:

    return pwd.getpwuid(os.geteuid()).pw_name


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def _process(home: Path, program: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    with (home / f"{program}.log").open("wb") as log:
        process = subprocess.Popen(
            (PROGRAMS / program, *words),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):  # a storm has killed it
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _make_bucket(server: S3Server) -> bool:
    for process in server.processes:
        assert process.poll() is None, f"{process.args!r} ended"
    try:
        client(server).create_bucket(Bucket=BUCKET)
    except (BotoCoreError, ClientError):
        return False
    return True


def client(server: S3Server) -> Any:
    """Return a client of the tests' own, which asks once."""
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=SECRET,
        region_name=REGION,
        config=Config(
            signature_version="s3v4",
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
        ),
    )
