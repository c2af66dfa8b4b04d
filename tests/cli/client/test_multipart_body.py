"""The body of an upload: exact bytes, exact length, constant memory."""

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote_cli.client.transfer.multipart import MultipartBody
from ffremote_cli.client.transfer.source import open_source
from ffremote_cli.errors import LocalFileProblem


def test_the_job_precedes_the_file(tmp_path: Path) -> None:
    path = tmp_path / 'a "b".mp4'
    path.write_bytes(b"\r\n--film\0" * 1000)
    reported: list[int] = []

    with open_source(path) as opened:
        body = MultipartBody(
            '{"output_filename":"ö.mp4"}', opened, lambda have, _: reported.append(have)
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
    assert reported[-1] == path.stat().st_size
    assert max(map(len, blocks)) <= 4096


def test_a_file_that_shrinks_is_an_error(source: Path) -> None:
    with open_source(source) as found:
        longer = replace(found, size=found.size + 1)
        body = MultipartBody("{}", longer, lambda *_: None)

        with pytest.raises(LocalFileProblem, match="became shorter"):
            while body.read(1 << 20):
                pass
