"""docs/more-machines.md: its commands, run as they are written by three machines."""

import os
import re
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import CHECKOUT
from tests.support.service import Service
from tests.support.waiting import wait_for

PAGE = CHECKOUT / "docs" / "more-machines.md"
BLOCK = re.compile(r"```sh (box|attic|laptop)( serves)?\n(.*?)```", re.DOTALL)
URL = "https://box.example"
LINE = "https://box.example#…"


class Machine:
    """One machine of the page: a home, and an environment of its own."""

    def __init__(self, name: str, home: Path, environ: dict[str, str]) -> None:
        self.home = home / name
        self.home.mkdir()
        self.environ = environ | {"HOME": str(self.home), "XDG_STATE_HOME": str(self.home)}

    def run(self, text: str) -> str:
        """Run a block to its end; return what it printed on stdout."""
        done = subprocess.run(
            ["sh", "-eu", "-c", text],
            env=self.environ,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, (text, done.stdout, done.stderr)
        return done.stdout

    def serve(self, text: str) -> subprocess.Popen[bytes]:
        """Start a block that goes on; return its process."""
        with (self.home / "log").open("wb") as log:
            argv = ["sh", "-eu", "-c", f"{text.strip().replace(' ffremote', ' exec ffremote', 1)}"]
            return subprocess.Popen(
                argv, env=self.environ, cwd=self.home, stdout=log, stderr=log, process_group=0
            )


@pytest.mark.slow
def test_three_machines_do_what_the_page_says(service: Service, clip: Path, tmp_path: Path) -> None:
    service.start_server()
    url = service.url.removesuffix("/api/v1")
    bare = {key: value for key, value in service.environ.items() if key != "FFREMOTE_DATA_DIR"}
    machines = {
        "box": Machine("box", tmp_path, service.environ),
        "attic": Machine("attic", tmp_path, bare),
        "laptop": Machine("laptop", tmp_path, bare | {"FFREMOTE_SERVER": url}),
    }
    (machines["laptop"].home / "film.mkv").write_bytes(clip.read_bytes())
    cache = machines["attic"].home / "ffremote-worker" / "cache"
    shutil.copytree(service.data_dir / "cache", cache)  # its encoders were tried before
    printed: dict[str, str] = {}
    line, serving = "", None

    try:
        for name, serves, text in BLOCK.findall(PAGE.read_text()):
            text = text.replace(LINE, line).replace(URL, url)
            if serves:
                serving = machines[name].serve(text)
                wait_for(lambda: "slots, FFmpeg" in (machines["attic"].home / "log").read_text())
                continue
            printed[text.strip()] = out = machines[name].run(text)
            if " invite " in text:
                line = shlex.split(out)[-1]
    finally:
        if serving is not None:
            os.killpg(serving.pid, signal.SIGTERM)
            serving.wait(60)

    shown = {key.partition("\n")[0]: value for key, value in printed.items()}
    assert "worker  valid    attic" in shown["flask --app ffremote token list"]
    assert re.search(r"up +\S+ +0/2 +attic", shown["ffremote workers"]), shown["ffremote workers"]
    assert "film.mp4" in shown["ffprobe -v error film.mp4"]
