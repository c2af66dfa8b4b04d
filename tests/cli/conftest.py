"""Fixtures of the client: the command line, a scripted server, a real service, a terminal."""

import contextlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from ffremote import ffmpeg
from ffremote_cli import main
from tests.support.scripted_server import Ffremote, Script, ScriptedServer
from tests.support.scripted_tus import SIZE, TusServer
from tests.support.service import Service
from tests.support.terminals import Terminal


@pytest.fixture
def script() -> Iterator[Script]:
    """An empty script, and a server that replies by it."""
    script = Script()
    server = ScriptedServer(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield script
    server.shutdown()
    server.server_close()
    thread.join()


# Most tests compare what else is on stderr, whole.
SILENT = {"FFREMOTE_PROGRESS": "none"}


@pytest.fixture
def client_environ(tmp_path: Path) -> dict[str, str]:
    """An environment without settings, with a new home directory."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FFREMOTE_")}
    home = tmp_path / "home"
    home.mkdir()
    return {**kept, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "LC_ALL": "C.UTF-8"}


@pytest.fixture
def in_process(
    tmp_path: Path, client_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Ffremote:
    """The command line in this process, in `tmp_path`; faster than a process of its own."""

    def run(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), write_through=True) for _ in range(2))
        monkeypatch.chdir(tmp_path)
        with (
            mock.patch.dict(os.environ, {**client_environ, **SILENT, **environ}, clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = main.run(list(args))
        message = [stream.buffer.getvalue().decode() for stream in (out, err)]
        return subprocess.CompletedProcess(args, status, *message)

    return run


@pytest.fixture
def ffremote(in_process: Ffremote, script: Script) -> Ffremote:
    """The command line, in this process, with the scripted server."""
    return lambda *args, **environ: in_process(*args, **{"FFREMOTE_SERVER": script.url, **environ})


@pytest.fixture
def program(tmp_path: Path, client_environ: dict[str, str], script: Script) -> Ffremote:
    """The command line as a process of its own, with the scripted server."""

    def run(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ffremote_cli", *args],
            cwd=tmp_path,
            env={**client_environ, **SILENT, "FFREMOTE_SERVER": script.url, **environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An input file; its bytes are not media, which only a real server would notice."""
    path = tmp_path / "in.mp4"
    path.write_bytes(bytes(range(256)) * 5000)
    return path


@pytest.fixture
def tus(script: Script) -> TusServer:
    """A scripted tus server for one upload of `SIZE` bytes."""
    return TusServer(script)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of `SIZE` bytes, which the client sends resumably."""
    path = tmp_path / "large.mkv"
    path.write_bytes((bytes(range(256)) * (SIZE // 256 + 1))[:SIZE])
    return path


@pytest.fixture(scope="session")
def capabilities(binaries: ffmpeg.Binaries) -> ffmpeg.Capabilities:
    """The capabilities of the FFmpeg of this machine."""
    return ffmpeg.read_capabilities(binaries)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A real server and a real worker, shared by all tests of the client."""
    data = tmp_path_factory.mktemp("service") / "data"
    data.mkdir()
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(data.parent),
        "LANG": "C.UTF-8",
        "FFREMOTE_DATA_DIR": str(data),
        "FFREMOTE_MIN_FREE_BYTES": "0",
    }
    flask = Path(sys.executable).with_name("flask")
    subprocess.run([flask, "--app", "ffremote", "db", "upgrade"], env=environ, check=True)
    made = Service(environ, data.parent / "programs.log")
    try:
        made.start_server()
        made.start_worker()
        yield made
    finally:
        made.stop()


@pytest.fixture
def real(in_process: Ffremote, service: Service) -> Ffremote:
    """The command line, in this process, with the real server."""
    return lambda *args, **environ: in_process(*args, **{"FFREMOTE_SERVER": service.url, **environ})


@pytest.fixture
def terminal(
    tmp_path: Path, client_environ: dict[str, str], service: Service
) -> Iterator[Callable[..., Terminal]]:
    """Starts the command line in a pseudo-terminal, with the real server."""
    started: list[Terminal] = []

    def start(*args: str, **environ: str) -> Terminal:
        begun = Terminal(
            [sys.executable, "-m", "ffremote_cli", *args],
            cwd=tmp_path,
            environ={**client_environ, "FFREMOTE_SERVER": service.url, "TERM": "xterm", **environ},
        )
        started.append(begun)
        return begun

    yield start
    for each in started:
        each.close()
