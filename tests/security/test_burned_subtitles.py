"""Burned subtitles are read by libass only: the uploader controls their header."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote import ffmpeg
from tests.security.canary import TOKEN, Canary
from tests.support.job_runner import JobRunner
from tests.support.matrices import sampled

pytestmark = pytest.mark.security

STYLE = (
    "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour,"
    " OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing,"
    " Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n"
    "Style: Default,Sans,60,&H00FFFFFF,&H00FFFFFF,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,9,9,9,1\n"
)
ASS = (
    f"[Script Info]\nScriptType: v4.00+\n\n{STYLE};{'P' * 1500}\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:00.10,0:00:01.90,Default,,0,0,0,,HELLO\n"
)
HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n"
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"'
    ' mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="9"><BaseURL>{0}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
HEADERS: dict[str, str] = {
    "HLS of a file": HLS.replace("{0}", "file://{media}"),
    "HLS of a path": HLS.replace("{0}", "{media}"),
    "HLS of a secret": HLS.replace("{0}", "file://{secret}"),
    "HLS of a URL": HLS.replace("{0}", "http://127.0.0.1:{port}/x.ts"),
    "HLS key": HLS.replace("#EXTINF", '#EXT-X-KEY:METHOD=AES-128,URI="{secret}"\n#EXTINF').replace(
        "{0}", "file://{media}"
    ),
    "HLS after a byte order mark": "\ufeff" + HLS.replace("{0}", "file://{media}"),
    "ffconcat": "ffconcat version 1.0\nfile '{media}'\n",
    "ffconcat of the input": "ffconcat version 1.0\nfile ../input\nfile input\n",
    "DASH": DASH.replace("{0}", "file://{media}"),
    "DASH of a URL": DASH.replace("{0}", "http://127.0.0.1:{port}/x"),
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "MicroDVD": "{1}{1}25\n{{1}}{{50}}{media}\n",
    "ffmetadata": ";FFMETADATA1\ntitle=file://{secret}\n",
    "vobsub index": "# VobSub index file, v7\nid: en, index: 0\nfile://{media}\n",
    "an ASS that names files": "[Script Info]\nScriptType: v4.00+\nVideo File: {media}\n"
    "Audio File: {media}\n"
    "Keyframes File: {secret}\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
    "Dialogue: 0,0:00:00.10,0:00:01.90,Default,{\\fn{secret}}HELLO\n",
}
Subtitled = Callable[[bytes], Path]


@pytest.fixture(scope="module")
def runner(runner: JobRunner, capabilities: ffmpeg.Capabilities) -> JobRunner:
    """The runner of jobs, of an FFmpeg that burns subtitles."""
    if "ass" not in capabilities.filters:
        pytest.skip("this FFmpeg was built without libass; tests run on the others")
    return runner


@pytest.fixture(scope="module")
def media(build: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One second of black with an ASS track, in Matroska."""
    room = tmp_path_factory.mktemp("subtitled")
    (room / "a.ass").write_text(ASS)
    picture = ["-f", "lavfi", "-i", "color=black:s=160x120:r=10:d=2"]
    streams = ["-i", "a.ass", "-c:v", "mpeg4", "-c:s", "copy", "a.mkv"]
    subprocess.run([build.ffmpeg, "-v", "error", *picture, *streams], cwd=room, check=True)
    return (room / "a.mkv").read_bytes()


def with_header(media: bytes, header: str) -> bytes:
    """Replace the ASS header (the CodecPrivate) by a hostile text of the same length."""
    start = media.index(b"[Script Info]")
    end = media.index(b"Text", media.index(b"[Events]", start)) + 4
    text = header.encode()
    assert len(text) <= end - start
    return media[:start] + text.ljust(end - start, b"\n") + media[end:]


@pytest.mark.parametrize("name", sampled([(name,) for name in HEADERS], 0, 3, 6, 10, 14))
def test_a_crafted_subtitle_header_opens_nothing(
    runner: JobRunner, canary: Canary, clip: Path, media: bytes, name: str
) -> None:
    text = HEADERS[name].replace("{media}", str(canary.add_media(clip)))
    text = text.replace("{secret}", str(canary.secret)).replace("{port}", str(canary.port))
    directory = runner.prepare(with_header(media, text))

    ended = runner.run(video={"codec": "mpeg4"}, audio=False, subtitles={"mode": "burn"})

    assert canary.events() == []
    assert ended == ("completed" if "ScriptType" in text else "corrupt_input"), runner.output
    assert b"Opening '" not in runner.output
    assert TOKEN.encode() not in runner.output
    assert not any(TOKEN.encode() in path.read_bytes() for path in (directory / "try1").iterdir())


def test_a_plain_track_is_burned(runner: JobRunner, media: bytes, build: ffmpeg.Binaries) -> None:
    directory = runner.prepare(media)

    ended = runner.run(video={"codec": "mpeg4"}, audio=False, subtitles={"mode": "burn"})

    assert ended == "completed", runner.output
    gray = ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    made = directory / "try1" / "out.mkv"
    shown = subprocess.run(
        [build.ffmpeg, "-v", "error", "-ss", "1", "-i", made, *gray],
        capture_output=True,
        check=True,
    ).stdout
    assert max(shown) > 150, "white letters on black"


def test_no_filter_of_the_server_lets_ffmpeg_guess_a_format(
    capabilities: ffmpeg.Capabilities, media: bytes, runner: JobRunner
) -> None:
    """A file that an earlier pass extracted is never opened by its content."""
    runner.prepare(media)
    runner.run(video={"codec": "mpeg4"}, audio=False, subtitles={"mode": "burn"})

    used = [word for each in runner.plan.passes for word in each.argv]

    assert not [word for word in used if "subtitles=" in word or "movie=" in word]
    assert used.count("-i") == len(runner.plan.passes), "each pass reads one file"
    formats = [used[place + 1] for place, word in enumerate(used) if word == "-format_whitelist"]
    assert formats == ["matroska"] * len(runner.plan.passes)
