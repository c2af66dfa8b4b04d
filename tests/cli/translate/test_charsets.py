"""`-sub_charenc` of a subtitle file: the server reads the text so."""

from pathlib import Path

import pytest

from tests.support.scripted_server import Ffremote

CUES = "1\n00:00:00,200 --> 00:00:01,000\nHello\n\n2\n00:00:01,200 --> 00:00:01,800\nThere\n"
CHARSETS = {"CP1252": "Müller – naïve", "CP1250": "příliš žluťoučký kůň", "SHIFT_JIS": "字幕です"}


@pytest.mark.parametrize("charset", CHARSETS)
def test_subtitles_in_the_named_charset_are_converted_completely(
    real: Ffremote, tmp_path: Path, charset: str
) -> None:
    text = CUES.replace("Hello", CHARSETS[charset])
    (tmp_path / "cues.srt").write_bytes(text.encode(charset))

    done = real("ffmpeg", "-v", "error", "-sub_charenc", charset, "-i", "cues.srt", "out.vtt")
    over = real("ffmpeg", "-y", "-sub_charenc", charset, "-i", "cues.srt", "./cues.srt")

    assert (done.returncode, done.stderr) == (0, "")
    assert CHARSETS[charset] in (tmp_path / "out.vtt").read_text("utf-8")
    assert over.returncode == 1
    assert (tmp_path / "cues.srt").read_bytes() == text.encode(charset)
