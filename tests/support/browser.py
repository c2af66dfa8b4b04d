"""A headless Chromium, controlled through its debugging pipe without a driver."""

import itertools
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from tests.support.web_clients import chromium

DEADLINE = 60.0
QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--disable-background-networking", "--remote-debugging-pipe"),
)


class Browser:
    """One page; its profile and its downloads are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.downloads = folder / "downloads"
        self.downloads.mkdir(parents=True)
        ours, theirs = os.pipe(), os.pipe()
        command = f'exec "$@" 3<&{ours[0]} 4>&{theirs[1]}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", command, "-", chromium(), *QUIET, f"--user-data-dir={folder}/p"],
            pass_fds=(ours[0], theirs[1]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(ours[0])
        os.close(theirs[1])
        self._to = os.fdopen(ours[1], "wb", buffering=0)
        self._from = os.fdopen(theirs[0], "rb")
        self._ids = itertools.count(1)
        self._page: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, 9)
        self._process.wait()
        self._to.close()
        self._from.close()

    def open(self, url: str) -> None:
        """Open `url`; `run` then works in that page."""
        self._page = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._page = attached["sessionId"]
        allowed = {"behavior": "allow", "downloadPath": str(self.downloads)}
        self._call("Page.setDownloadBehavior", **allowed)
        self._call("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        response = self._call(
            "Runtime.evaluate", expression=script, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in response, response
        return response["result"].get("value")

    def wait(self, script: str) -> Any:
        """Return the first true value of an expression in the page."""
        deadline = time.monotonic() + DEADLINE
        while not (value := self.run(script)):
            assert time.monotonic() < deadline, (script, self.run("document.body.innerText"))
            time.sleep(0.05)
        return value

    def press(self, key: str) -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            self._call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=9
            )

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._page:
            message["sessionId"] = self._page
        self._to.write(json.dumps(message).encode() + b"\0")
        while True:
            response = json.loads(self._read())
            if response.get("id") == number:
                assert "error" not in response, response
                return response["result"]

    def _read(self) -> bytes:
        text = b""
        while (byte := self._from.read(1)) != b"\0":
            assert byte, "the browser ended"
            text += byte
        return text
