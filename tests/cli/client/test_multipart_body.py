"""The upload's body: exact bytes, an honest length, constant memory."""

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote_cli.client.transfer.multipart import MultipartBody
from ffremote_cli.client.transfer.source import open_source
from ffremote_cli.errors import LocalFileProblem


def test_any_parser_reads_the_job_first_and_then_the_film(tmp_path: Path) -> None:
    path = tmp_path / 'a "b".mp4'
    path.write_bytes(b"\r\n--film\0" * 1000)
    heard: list[int] = []

    with open_source(path) as film:
        body = MultipartBody(
            '{"output_filename":"ö.mp4"}', film, lambda have, _: heard.append(have)
        )
        length = len(body)
        blocks = list(iter(lambda: body.read(4096), b""))

    sent = b"".join(blocks)
    head = f"Content-Type: {body.content_type}\r\n\r\n".encode()
    parsed = email.message_from_bytes(head + sent, policy=email.policy.HTTP)
    job, part = parsed.iter_parts()
    assert len(sent) == length
    assert job.get_param("name", header="content-disposition") == "job"
    assert job.get_payload(decode=True) == '{"output_filename":"ö.mp4"}'.encode()
    assert part.get_filename() == "a %22b%22.mp4"
    assert part.get_payload(decode=True) == path.read_bytes()
    assert heard[-1] == path.stat().st_size
    assert max(map(len, blocks)) <= 4096


def test_a_film_that_becomes_shorter_is_told(film: Path) -> None:
    with open_source(film) as found:
        longer = replace(found, size=found.size + 1)
        body = MultipartBody("{}", longer, lambda *_: None)

        with pytest.raises(LocalFileProblem, match="became shorter"):
            while body.read(1 << 20):
                pass
