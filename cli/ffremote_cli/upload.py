"""A film on its way to the server, in one multipart request."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from .errors import LocalFileProblem, Stopped
from .multipart import MultipartBody
from .results import Accepted
from .wire import Wire

ANSWER_SECONDS = 600.0
"""The server stores and checks a whole film before it answers."""


def open_film(path: Path) -> tuple[BinaryIO, int]:
    """The film and its size; refuses what can be seen here to be no film."""
    try:
        film = path.open("rb")
    except OSError as exc:
        raise LocalFileProblem(f"{path} cannot be read: {exc.strerror}") from exc
    size = os.fstat(film.fileno()).st_size
    if not path.is_file():
        film.close()
        raise LocalFileProblem(f"{path} is not a file")
    if size == 0:
        film.close()
        raise LocalFileProblem(f"{path} is empty")
    return film, size


def submit(
    wire: Wire,
    path: Path,
    job: str,
    *,
    idempotency_key: str,
    stop: threading.Event,
    on_bytes: Callable[[int], None],
) -> Accepted:
    """Send the film and its job; `on_bytes` hears of each block that went out."""

    def heard(count: int) -> None:
        if stop.is_set():
            raise Stopped("the upload was stopped")
        on_bytes(count)

    film, size = open_film(path)
    with film:
        body = MultipartBody(job, film, path=path, size=size, on_bytes=heard)
        headers = {"Content-Type": body.content_type, "Idempotency-Key": idempotency_key}
        said = wire.json("POST", "/jobs", data=body, headers=headers, answer_seconds=ANSWER_SECONDS)
    return Accepted.from_json(said)
