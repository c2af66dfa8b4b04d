"""The wheel is complete: installed without the checkout it migrates, serves and works."""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from ffremote import programs as entry_points
from ffremote.version import __version__
from tests.support.paths import CHECKOUT

NOT_SOURCE = shutil.ignore_patterns(".*", "data", "build", "dist", "*.egg-info", "__pycache__")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from a copy so that the checkout stays unchanged."""
    directory = tmp_path_factory.mktemp("wheel")
    shutil.copytree(CHECKOUT, directory / "source", ignore=NOT_SOURCE)
    build = ["wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    run(
        [sys.executable, "-m", "pip", *build, "--wheel-dir", directory, directory / "source"],
        cwd=directory,
    )
    return next(directory.glob("*.whl"))


def venv_of(wheel: Path, home: Path) -> Path:
    """Make a venv with the wheel alone in `home`, and return it."""
    run([sys.executable, "-m", "venv", "--without-pip", home], cwd=home)
    pip = [sys.executable, "-m", "pip", "--python", home / "bin" / "python"]
    run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], cwd=home)
    return home


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The programs of a venv with the wheel and only the dependencies of this venv."""
    home = venv_of(wheel, tmp_path_factory.mktemp("venv"))
    # A .pth file in a directory that a .pth file added is not read: the checkout stays hidden.
    packages = next(home.glob("lib/python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return home / "bin"


@pytest.fixture(scope="module")
def client_programs(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The programs of a venv with the wheel and the dependencies of `pip install ffremote`."""
    home = venv_of(wheel, tmp_path_factory.mktemp("client"))
    packages = next(home.glob("lib/python*/site-packages"))
    for name in re.findall(
        r"^([\w-]+)==", (CHECKOUT / "locks/client.txt").read_text(), re.MULTILINE
    ):
        link_installed(name, packages)
    return home / "bin"


def link_installed(name: str, packages: Path) -> None:
    """Let a venv's site-packages have a package of this venv."""
    for top in installed(name):
        if not (packages / top.name).exists():
            (packages / top.name).symlink_to(top)


def installed(name: str) -> set[Path]:
    """Return the entries of a package in this venv's site-packages; empty if not installed."""
    try:
        found = distribution(name).files or []
    except PackageNotFoundError:  # of another platform
        return set()
    tops = {file.parts[0] for file in found} - {"..", "__pycache__"}
    return {Path(sysconfig.get_path("purelib")) / top for top in tops}


@pytest.fixture(scope="module")
def worker_programs(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The programs of a venv with the wheel and the dependencies of `ffremote[worker]`."""
    home = venv_of(wheel, tmp_path_factory.mktemp("worker"))
    packages = next(home.glob("lib/python*/site-packages"))
    parser = ConfigParser()
    parser.read(CHECKOUT / "setup.cfg")
    wanted = parser["options"]["install_requires"] + parser["options.extras_require"]["worker"]
    for name in required(re.findall(r"^([\w-]+)", wanted, re.MULTILINE)):
        link_installed(name, packages)
    return home / "bin"


def required(names: Iterable[str]) -> set[str]:
    """Return packages and all that they need, those of this venv, without extras."""
    found: set[str] = set()
    todo = [*names]
    while todo:
        name = todo.pop()
        if name not in found and installed(name):
            found.add(name)
            needs = [each for each in distribution(name).requires or [] if "extra ==" not in each]
            todo += re.findall(r"^[\w-]+", "\n".join(needs), re.MULTILINE)
    return found


@pytest.fixture
def environ(tmp_path: Path, programs: Path) -> dict[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "FFREMOTE_DATA_DIR": str(tmp_path / "data"),
        "FFREMOTE_PORT": port,
        "FFREMOTE_SERVER": f"http://127.0.0.1:{port}",
        "FFREMOTE_MIN_FREE_BYTES": "0",
    }


def run(argv: list[str | Path], *, cwd: Path, environ: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        argv, cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serving(programs: Path, environ: dict[str, str], cwd: Path) -> Iterator[None]:
    with (cwd / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "ffremote-server"], env=environ, cwd=cwd, stdout=log, stderr=log
        )
    try:
        wait_for(f"{environ['FFREMOTE_SERVER']}/healthz", server, cwd / "server.log")
        yield
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server does not answer: {log.read_text()}")


@pytest.mark.slow
def test_the_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    parser = ConfigParser()
    parser.read(CHECKOUT / "setup.cfg")
    expected = set()
    for line in parser["options"]["package_dir"].split("\n")[1:]:
        package, _, folder = (part.strip() for part in line.partition("="))
        for path in (CHECKOUT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                inner = path.relative_to(CHECKOUT / folder)
                expected.add(f"{package.replace('.', '/')}/{inner.as_posix()}")

    named = zipfile.ZipFile(wheel).namelist()
    held = {name for name in named if not re.match(r"[^/]+\.(dist-info|data)/", name)}

    assert held == expected


@pytest.mark.slow
def test_the_installed_programs_run_a_job_without_the_checkout(
    programs: Path, environ: dict[str, str], clip: Path, tmp_path: Path
) -> None:
    where = run(
        [programs / "python", "-c", "import ffremote; print(ffremote.__file__)"],
        cwd=tmp_path,
        environ=environ,
    )
    assert Path(where.strip()).is_relative_to(programs.parent)

    migrate = [programs / "python", "-m", "flask", "--app", "ffremote", "db", "upgrade"]
    run(migrate, cwd=tmp_path, environ=environ)
    with serving(programs, environ, tmp_path):
        options = ["-i", clip, "--video-codec", "copy", "--audio-codec", "copy"]
        job = run(
            [programs / "ffremote", "submit", *options, "-o", "out.mkv"],
            cwd=tmp_path,
            environ=environ,
        ).strip()
        run([programs / "ffremote-worker", "--once"], cwd=tmp_path, environ=environ)
        run([programs / "ffremote", "download", job], cwd=tmp_path, environ=environ)

    assert (tmp_path / "out.mkv").stat().st_size > 0


@pytest.mark.slow
def test_a_worker_over_http_runs_a_job_without_flask_and_sqlalchemy(
    programs: Path,
    worker_programs: Path,
    environ: dict[str, str],
    clip: Path,
    tmp_path: Path,
) -> None:
    flask = [programs / "python", "-m", "flask", "--app", "ffremote"]
    run([*flask, "db", "upgrade"], cwd=tmp_path, environ=environ)
    token = run([*flask, "token", "add", "box", "--worker"], cwd=tmp_path, environ=environ)
    worker_environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "elsewhere"),
        "FFREMOTE_WORKER_TOKEN": token.strip(),
        "FFREMOTE_MIN_FREE_BYTES": "0",
    }
    worker: list[str | Path] = [worker_programs / "ffremote-worker", "--once"]
    alone = subprocess.run(
        worker, env=worker_environ, capture_output=True, text=True, check=False, timeout=60
    )

    with serving(programs, environ, tmp_path):
        options = ["-i", clip, "--video-codec", "libx264", "--video-preset", "ultrafast"]
        job = run(
            [programs / "ffremote", "submit", *options, "-o", "out.mkv"],
            cwd=tmp_path,
            environ=environ,
        ).strip()
        run([*worker, "--server", environ["FFREMOTE_SERVER"]], cwd=tmp_path, environ=worker_environ)
        run([programs / "ffremote", "download", job], cwd=tmp_path, environ=environ)

    assert (tmp_path / "out.mkv").stat().st_size > 0
    assert alone.stderr.startswith("ffremote-worker: sqlalchemy is not installed, so this worker")
    for line in ("import flask", "import sqlalchemy"):
        missing = subprocess.run(
            [worker_programs / "python", "-c", line], capture_output=True, check=False, timeout=60
        )
        assert missing.returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("program", ["ffremote-server", "ffremote-worker"])
@pytest.mark.parametrize("words", [[], ["--help"]])
def test_the_servers_programs_without_their_dependencies_fail_in_one_line(
    client_programs: Path, program: str, words: list[str]
) -> None:
    done = subprocess.run(
        [client_programs / program, *words], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"{program}: only the client is installed \(\w+ is missing\);"
        r" pip install .*'ffremote\[server\]'\n",
        done.stderr,
    ), done.stderr


@pytest.mark.slow
def test_the_install_lines_of_the_readme_work(
    wheel: Path, client_programs: Path, tmp_path: Path
) -> None:
    readme = (CHECKOUT / "README.md").read_text()
    [block] = [b for b in re.findall(r"```sh\n(.*?)```", readme, re.S) if "pipx install" in b]
    pipx, uv, venv = [line.partition(" #")[0].strip() for line in block.splitlines()]
    environ = {"HOME": str(tmp_path), "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1"}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    line = re.sub(r" \.$", f" {wheel}", venv)
    run(["sh", "-c", line], cwd=tmp_path, environ=environ)

    assert (pipx, uv) == ("pipx install .", "uv tool install .")
    home = tmp_path / "ffremote"
    packages = next(home.glob("lib/python*/site-packages"))
    for dependency in next(client_programs.parent.glob("lib/python*/site-packages")).iterdir():
        if not (packages / dependency.name).exists():
            (packages / dependency.name).symlink_to(dependency)
    shown = run([home / "bin/ffremote", "--version"], cwd=tmp_path)
    assert shown.strip() == f"ffremote {__version__}"


@pytest.mark.slow
def test_the_client_works_without_the_server(client_programs: Path, tmp_path: Path) -> None:
    output = run([client_programs / "ffremote", "--help"], cwd=tmp_path)

    assert "completion" in output


def test_a_missing_module_of_the_product_is_not_reported_as_a_missing_dependency(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ffremote.api.main", None)

    with pytest.raises(ModuleNotFoundError):
        entry_points.server()
