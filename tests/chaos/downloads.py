"""Downloads of results, of archives and of single files, compared with what the server says.

One that a kill interrupts is continued by a range, as the client of the product does.
"""

import hashlib
import io
import threading
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

TIMEOUT = 10
TRIES = 6
PAUSE = 0.5
KINDS = ("result", "archive", "file")
_NEVER = threading.Event()


@dataclass(slots=True)
class Downloads:
    """Compares downloads from the server at `url`, and counts them by kind."""

    url: str
    refusals: Counter[str] = field(default_factory=Counter)
    """Answers that were no success."""
    compared: Counter[str] = field(default_factory=Counter)
    continued: int = 0
    broken: list[str] = field(default_factory=list)
    _is_calm: bool = False
    _seen: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        kinds = ", ".join(f"{self.compared[kind]} {kind}s" for kind in KINDS)
        return f"{kinds}, {self.continued} continued after a break"

    def completed(self) -> list[str]:
        """Return the ids of completed jobs; none when the server does not answer."""
        listed = self._json("/jobs?state=completed&limit=500")
        return [str(each["job_id"]) for each in listed.get("items", ())]

    def compare_result(self, job_id: str) -> None:
        """Get the result of a job: its file, or the archive of its files."""
        result = self._json(f"/jobs/{job_id}").get("result")
        if result is None:  # a report has none
            return
        is_archive = result.get("files", 1) > 1
        content = self._get(f"/jobs/{job_id}/result")
        if content is None:
            return
        whole = _sha256(content) == result["sha256"] and (not is_archive or _is_archive(content))
        self._count("archive" if is_archive else "result", job_id, whole)

    def compare_files(self, job_id: str, *, most: int | None = None) -> None:
        """Get the files of a job one by one, at `most` so many."""
        for each in self._json(f"/jobs/{job_id}/files").get("items", ())[:most]:
            content = self._get(f"/jobs/{job_id}/files/{each['name']}")
            if content is not None:
                whole = _sha256(content) == each["sha256"] and len(content) == each["bytes"]
                self._count("file", f"{job_id}/{each['name']}", whole)

    def compare_new(self) -> None:
        """Get what jobs have that have completed since the last call, before it expires."""
        for job_id in self.completed():
            if job_id not in self._seen:
                self._seen.add(job_id)
                self.compare_result(job_id)
                self.compare_files(job_id, most=3)

    def compare_all(self) -> None:
        """Get everything that all completed jobs have, when the storm is over."""
        self._is_calm = True
        for job_id in self.completed():
            self.compare_result(job_id)
            self.compare_files(job_id)

    def _count(self, kind: str, what: str, whole: bool) -> None:
        self.compared[kind] += 1
        self.broken += [] if whole else [f"{kind} {what}"]

    def _json(self, path: str) -> dict[str, Any]:
        """Return the JSON of a path; nothing when it is refused or the server does not answer."""
        try:
            response = requests.get(self.url + path, timeout=TIMEOUT)
        except requests.RequestException:
            return self._unanswered(path) or {}
        return dict(response.json()) if self._is_success(response) else {}

    def _get(self, path: str) -> bytes | None:
        """Return the bytes of a path; None when they cannot be had."""
        content, tag = bytearray(), ""
        for _ in range(TRIES):
            headers = {"Range": f"bytes={len(content)}-", "If-Range": tag} if content else {}
            try:
                with requests.get(
                    self.url + path, headers=headers, timeout=TIMEOUT, stream=True
                ) as response:
                    if not self._is_success(response):
                        return None
                    self._begin(response, content)
                    tag = response.headers["ETag"]
                    for block in response.iter_content(1 << 16):
                        content += block
                    return bytes(content)
            except requests.RequestException:
                _NEVER.wait(PAUSE)  # a killed server is back after seconds
        return self._unanswered(path)

    def _begin(self, response: requests.Response, content: bytearray) -> None:
        if response.status_code == 206:
            self.continued += 1
        else:
            content.clear()

    def _is_success(self, response: requests.Response) -> bool:
        if response.status_code in (200, 206):
            return True
        code = str(response.json()["error"]["code"])
        self.refusals[code] += 1
        if self._is_calm and code != "RESULT_EXPIRED":
            self.broken.append(f"{code} for {response.url}")
        return False

    def _unanswered(self, path: str) -> None:
        self.refusals["no answer"] += 1
        if self._is_calm:
            self.broken.append(f"no answer for {path}")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_archive(content: bytes) -> bool:
    """Whether it is an archive whose files all have their CRC."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.testzip() is None
    except zipfile.BadZipFile:
        return False
