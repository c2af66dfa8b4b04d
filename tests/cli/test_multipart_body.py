"""The upload's body: exact bytes, an honest length, constant memory."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ffremote_cli.errors import LocalFileProblem
from ffremote_cli.multipart import MultipartBody


@contextmanager
def body_of(path: Path, size: int | None = None) -> Iterator[tuple[MultipartBody, list[int]]]:
    heard: list[int] = []
    with path.open("rb") as film:
        yield (
            MultipartBody(
                '{"output_filename":"ö.mp4"}',
                film,
                path=path,
                size=path.stat().st_size if size is None else size,
                on_bytes=heard.append,
            ),
            heard,
        )


def test_any_parser_reads_the_job_first_and_then_the_film(tmp_path: Path) -> None:
    path = tmp_path / 'a "b".mp4'
    path.write_bytes(b"\r\n--film\0" * 1000)

    with body_of(path) as (body, heard):
        length = len(body)
        blocks = list(iter(lambda: body.read(4096), b""))

    sent = b"".join(blocks)
    head = f"Content-Type: {body.content_type}\r\n\r\n".encode()
    parsed = email.message_from_bytes(head + sent, policy=email.policy.HTTP)
    job, film = parsed.iter_parts()
    assert len(sent) == length
    assert job.get_param("name", header="content-disposition") == "job"
    assert job.get_payload(decode=True) == '{"output_filename":"ö.mp4"}'.encode()
    assert film.get_filename() == "a %22b%22.mp4"
    assert film.get_payload(decode=True) == path.read_bytes()
    assert sum(heard) == path.stat().st_size
    assert max(map(len, blocks)) <= 4096


def test_a_film_that_becomes_shorter_is_told(film: Path) -> None:
    with (
        body_of(film, size=film.stat().st_size + 1) as (body, _),
        pytest.raises(LocalFileProblem, match="became shorter"),
    ):
        while body.read(1 << 20):
            pass
