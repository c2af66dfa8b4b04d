"""A file that only lists other files is not sent: those would be missing on the server."""

from pathlib import Path

import pytest

from tests.support.scripted_server import Ffremote, Script

PLAYLISTS = {
    "list.m3u8": ("#EXTM3U\n#EXTINF:4,\na.ts\n", "an HLS playlist"),
    "renamed.mp4": ("\ufeff#EXTM3U\n#EXTINF:4,\na.ts\n", "an HLS playlist"),
    "manifest.mpd": ("<MPD></MPD>", "a DASH manifest"),
    "manifest.xml": ('<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash">', "a DASH manifest"),
    "list.txt": ("# cuts\nfile 'a.mp4'\nfile 'b.mp4'\n", "a list of files for FFmpeg's concat"),
    "list.ffconcat": ("ffconcat version 1.0\nfile a.mp4", "a list of files for FFmpeg's concat"),
    "camera.sdp": ("v=0\r\no=- 0 0 IN IP4 127.0.0.1", "a description of a stream on the network"),
    "album.cue": ('FILE "album.flac" WAVE\n  TRACK 01 AUDIO\n', "a cue sheet"),
    "radio.pls": ("[playlist]\nFile1=a.mp3\n", "a playlist"),
}


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (command, name)
        for command in ("ffmpeg", "run")
        for name in PLAYLISTS
        if (command, name) != ("ffmpeg", "list.m3u8")  # its segments are sent
    ],
)
def test_a_playlist_is_refused_before_any_byte(
    ffremote: Ffremote, script: Script, tmp_path: Path, name: str, command: str
) -> None:
    text, what = PLAYLISTS[name]
    (tmp_path / name).write_text(text)
    output = ("out.mp4",) if command == "ffmpeg" else ("-o", "out.mp4")

    done = ffremote(command, "-i", name, *output)

    assert done.returncode == (1 if command == "ffmpeg" else 6)
    assert not any(call.startswith("POST") for call in script.calls())
    assert done.stderr == (
        f"ffremote: {name} is {what}: the files that it names would not be uploaded"
        " (join them into one file first, or convert each of them)\n"
    )


TEXTS = {
    "cues.srt": "1\n00:00:00,000 --> 00:00:01,000\nfile 'a.mp4'\n",
    "cues.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n",
    "cues.ass": "[Script Info]\nTitle: x\n",
    "cues.ttml": '<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml"/>',
}


@pytest.mark.parametrize("name", TEXTS)
def test_subtitles_are_not_playlists(
    ffremote: Ffremote, script: Script, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(TEXTS[name])

    ffremote("ffmpeg", "-i", name, "out.srt")

    assert "POST /jobs" in script.calls()
