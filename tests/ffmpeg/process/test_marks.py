"""FFmpeg's colors tell its own messages from texts of the input."""

import pytest

from ffremote.ffmpeg.process.marks import without_marks
from ffremote.ffmpeg.process.stderr import Messages

BOLD, RESET = "\x1b[1;32m", "\x1b[0m"
FULL = "[error] No space left on device"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"{BOLD}[Parsed_idet_2 @ 0x5] {RESET}[info] x", ("[Parsed_idet_2 @ 0x5] [info] x", True)),
        (f"{RESET}{BOLD}[verbose] {RESET}{BOLD}x", ("[verbose] x", True)),
        (f"{RESET}[info] x", ("[info] x", False)),
        (f"a{BOLD}[error] x", ("a[error] x", False)),
        ("[error] x", ("[error] x", False)),
    ],
)
def test_a_message_of_ffmpeg_begins_with_a_color(line: str, found: tuple[str, bool]) -> None:
    assert without_marks(line) == found


def test_a_line_without_a_mark_is_only_text_where_ffmpeg_marks_its_messages() -> None:
    forged, real = Messages(marked=True), Messages(marked=True)

    forged.add(FULL.encode())
    real.add(f"{BOLD}[error] {RESET}No space left on device".encode())

    assert (forged.met_full_disk, forged.errors, list(forged.tail)) == (False, [], [FULL])
    assert (real.met_full_disk, real.errors, list(real.tail)) == (True, [FULL], [FULL])
