"""Clients that never give up: submit, cancel and download while everything dies around them.

What the server acknowledged is written into the ledger, and the audit holds it to that.
"""

import hashlib
import json
import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from estate import Estate

TIMEOUT = 10
CROWD = 24  # clients wait while so many jobs are under way
KINDS: dict[str, dict[str, Any]] = {
    "copy": {"output_filename": "a.mkv", "video": {"codec": "copy"}, "audio": {"codec": "copy"}},
    "encode": {
        "output_filename": "a.mp4",
        "video": {"codec": "libx264", "preset": "ultrafast", "scale": "160:-2"},
        "audio": {"codec": "aac", "bitrate": "64k"},
    },
    "slow": {
        "output_filename": "a.mp4",
        "video": {"codec": "libx264", "preset": "veryslow", "scale": "960:540", "fps": 30},
    },
}


@dataclass(slots=True)
class Ledger:
    """What the server promised, and what clients saw."""

    accepted: dict[str, str] = field(default_factory=dict)  # id -> idempotency key
    canceled: set[str] = field(default_factory=set)
    downloads: int = 0
    broken_downloads: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse(self, code: str) -> None:
        """Count an answer that was no success."""
        with self.lock:
            self.refusals[code] += 1


class Client(threading.Thread):
    """One client: its own seed, its own jobs, the same server."""

    def __init__(
        self, estate: Estate, ledger: Ledger, clip: Path, *, seed: int, over: threading.Event
    ) -> None:
        super().__init__(name=f"client {seed}", daemon=True)
        self._url = estate.url
        self._ledger = ledger
        self._clip = clip.read_bytes()
        self._draw = random.Random(seed)
        self._over = over
        self._mine: list[str] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        """Go on until it is over; an error of the client itself is kept for the audit."""
        try:
            while not self._over.wait(self._draw.uniform(0.02, 0.3)):
                self._turn()
        except BaseException as exc:
            self.error = exc

    def _turn(self) -> None:
        deed = self._draw.choices((self._submit, self._cancel, self._download), (12, 1, 8))[0]
        deed()

    def _submit(self) -> None:
        if self._is_crowded():
            return
        kind = self._draw.choices(list(KINDS), (4, 3, 4))[0]
        job = KINDS[kind] | {"priority": self._draw.choice((0, 0, 0, 5, -5))}
        key = str(uuid.uuid4())
        while not self._over.is_set():
            answer = self._ask(
                "POST",
                "/jobs",
                files={"file": ("clip.mp4", self._clip), "job": (None, json.dumps(job))},
                headers={"Idempotency-Key": key},
            )
            if answer is not None and answer.status_code == 202:
                job_id = answer.json()["job_id"]
                with self._ledger.lock:
                    self._ledger.accepted[job_id] = key
                self._mine.append(job_id)
                return
            self._over.wait(self._draw.uniform(0.1, 0.5))

    def _cancel(self) -> None:
        if not self._mine:
            return
        job_id = self._draw.choice(self._mine[-6:])
        answer = self._ask("DELETE", f"/jobs/{job_id}", expected=(202, 409))
        if answer is not None and answer.status_code == 202:
            with self._ledger.lock:
                self._ledger.canceled.add(job_id)

    def _download(self) -> None:
        if not self._mine:
            return
        job_id = self._draw.choice(self._mine)
        job = self._ask("GET", f"/jobs/{job_id}")
        if job is None or job.status_code != 200 or job.json()["state"] != "completed":
            return
        answer = self._ask("GET", f"/jobs/{job_id}/result")
        if answer is None or answer.status_code != 200:
            return  # broken off by a kill, which HTTP told us by the length
        whole = hashlib.sha256(answer.content).hexdigest() == job.json()["result"]["sha256"]
        with self._ledger.lock:
            self._ledger.downloads += 1
            self._ledger.broken_downloads += [] if whole else [job_id]

    def _is_crowded(self) -> bool:
        answers = [self._ask("GET", f"/jobs?state={s}&limit=1") for s in ("queued", "running")]
        if any(answer is None or answer.status_code != 200 for answer in answers):
            return True
        under_way = sum(int(answer.json()["total"]) for answer in answers if answer is not None)
        return under_way >= CROWD

    def _ask(
        self, verb: str, path: str, *, expected: tuple[int, ...] = (200, 202), **more: Any
    ) -> requests.Response | None:
        """Send one request; None when there was no whole answer."""
        try:
            answer = requests.request(verb, self._url + path, timeout=TIMEOUT, **more)
        except requests.RequestException:
            self._ledger.refuse("no answer")
            return None
        if answer.status_code not in expected:
            self._ledger.refuse(answer.json()["error"]["code"])
        return answer
