"""The body of an upload: exact bytes, exact length, constant memory."""

import email
import email.policy
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote_cli.client.retry import RetryPolicy
from ffremote_cli.client.transfer.multipart import MultipartBody
from ffremote_cli.client.transfer.source import open_source
from ffremote_cli.client.transfer.transfer import OnBytes, OnInputBytes, Transfer
from ffremote_cli.errors import LocalFileProblem


def reporting(on_bytes: OnBytes, on_input_bytes: OnInputBytes = lambda *_: None) -> Transfer:
    """Return a transfer that reports to the functions."""
    stop = threading.Event()
    return Transfer(RetryPolicy(0, stop, lambda _: None), stop, on_bytes, on_input_bytes)


def test_the_job_precedes_the_file(tmp_path: Path) -> None:
    path = tmp_path / 'a "b".mp4'
    path.write_bytes(b"\r\n--film\0" * 1000)
    reported: list[int] = []

    with open_source(path) as opened:
        body = MultipartBody(
            '{"output_filename":"ö.mp4"}',
            [opened],
            reporting(lambda have, _: reported.append(have)),
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


def test_the_files_of_several_inputs_follow_in_their_order(tmp_path: Path) -> None:
    contents = {"b.mp4": b"bb" * 500, "a.srt": b"a\r\n--x"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    reported: list[int] = []
    each: list[tuple[str, int, int]] = []

    with ExitStack() as stack:
        opened = [stack.enter_context(open_source(tmp_path / name)) for name in contents]
        body = MultipartBody(
            "{}",
            opened,
            reporting(
                lambda have, _: reported.append(have),
                lambda path, have, size: each.append((path.name, have, size)),
            ),
        )
        length = len(body)
        sent = b"".join(iter(lambda: body.read(600), b""))

    head = f"Content-Type: {body.content_type}\r\n\r\n".encode()
    parsed = email.message_from_bytes(head + sent, policy=email.policy.HTTP)
    _, *parts = parsed.iter_parts()
    assert len(sent) == length
    assert {part.get_filename(): part.get_payload(decode=True) for part in parts} == contents
    assert {part.get_param("name", header="content-disposition") for part in parts} == {"file"}
    assert reported == [600, 1000, 1006]
    assert each == [("b.mp4", 600, 1000), ("b.mp4", 1000, 1000), ("a.srt", 6, 6)]


def test_a_file_that_shrinks_is_an_error(source: Path) -> None:
    with open_source(source) as found:
        longer = replace(found, size=found.size + 1)
        body = MultipartBody("{}", [longer], reporting(lambda *_: None))

        with pytest.raises(LocalFileProblem, match="became shorter"):
            while body.read(1 << 20):
                pass
