"""A real nginx, with locations that the docs have."""

import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.support.paths import CHECKOUT
from tests.support.server_processes import DEADLINE, free_port

CONF = """
daemon off; {user} pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access.log; sendfile on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {above}
    server {{ listen 127.0.0.1:{port}; {locations} }}
}}
"""


def documented(page: str, server: str, data: Path) -> str:
    """Return the locations of a page of the docs, for a server and a data directory."""
    text = blocks(page)[0]
    for written, own in (("http://127.0.0.1:8080", server), ("/var/lib/ffremote", str(data))):
        text = text.replace(written, own)
    return text


def blocks(page: str) -> list[str]:
    """Return what a page of the docs has for nginx."""
    found = (CHECKOUT / "docs" / page).read_text().split("```nginx\n")[1:]
    assert found
    return [each.partition("```")[0] for each in found]


@contextmanager
def running(folder: Path, locations: str, *, above: str = "") -> Iterator[str]:
    """Run an nginx in a new folder, with blocks `above` its server; yield its URL."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("no nginx is here (Debian: apt install nginx-light)")
    port = free_port()
    folder.mkdir()
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    conf = folder / "nginx.conf"
    conf.write_text(
        CONF.format(folder=folder, port=port, user=user, locations=locations, above=above)
    )
    with subprocess.Popen([program, "-c", conf, "-p", folder], stderr=subprocess.PIPE) as process:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield url
        process.terminate()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            return requests.get(f"{url}/healthz", timeout=5).raise_for_status()
        except requests.ConnectionError:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
