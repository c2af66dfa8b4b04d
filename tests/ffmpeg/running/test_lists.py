"""Lists that a decoder taken over by a crafted input could have written are refused; no FFmpeg."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote.ffmpeg import TranscodeError
from ffremote.ffmpeg.model.package_layout import ListFormat, SpriteGrid
from ffremote.ffmpeg.running.packages.lists import check_master, read_list
from ffremote.ffmpeg.running.packages.sprite_index import write_index

HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n"
SEGMENT = "#EXTINF:2.000000,\ns0.m4s\n"
END = "#EXT-X-ENDLIST\n"

PLAYLISTS = {
    "a path": HEAD + "#EXTINF:2,\n../../input\n" + END,
    "an absolute path": HEAD + "#EXTINF:2,\n/etc/passwd\n" + END,
    "a URL": HEAD + "#EXTINF:2,\nhttp://127.0.0.1/s0.m4s\n" + END,
    "a file URL": HEAD + "#EXTINF:2,\nfile:s0.m4s\n" + END,
    "a URL without scheme": HEAD + "#EXTINF:2,\n//host/s0.m4s\n" + END,
    "a query": HEAD + "#EXTINF:2,\ns0.m4s?x=1\n" + END,
    "an escape": HEAD + "#EXTINF:2,\n%2e%2e%2fs0.m4s\n" + END,
    "a hidden name": HEAD + "#EXTINF:2,\n.s0.m4s\n" + END,
    "a backslash": HEAD + "#EXTINF:2,\n..\\s0.m4s\n" + END,
    "a carriage return": HEAD + "#EXTINF:2,\r\ns0.m4s\r\n" + END,
    "another script": HEAD + "#EXTINF:2,\nſ0.m4s\n" + END,
    "a segment without its length": HEAD + "s0.m4s\n" + END,
    "a segment twice": HEAD + SEGMENT + SEGMENT + END,
    "a negative length": HEAD + "#EXTINF:-2,\ns0.m4s\n" + END,
    "an endless length": HEAD + "#EXTINF:inf,\ns0.m4s\n" + END,
    "a long length": HEAD + f"#EXTINF:{'9' * 400},\ns0.m4s\n" + END,
    "a title": HEAD + "#EXTINF:2,<script>\ns0.m4s\n" + END,
    "a key": HEAD + '#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1/key"\n' + SEGMENT + END,
    "a session key": HEAD + '#EXT-X-SESSION-KEY:METHOD=NONE,URI="x"\n' + SEGMENT + END,
    "another head": HEAD + '#EXT-X-MAP:URI="other.mp4"\n' + SEGMENT + END,
    "a head elsewhere": HEAD + '#EXT-X-MAP:URI="../../input"\n' + SEGMENT + END,
    "a part": HEAD + '#EXT-X-PART:DURATION=1,URI="/etc/passwd"\n' + SEGMENT + END,
    "a hint": HEAD + '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="http://x/"\n' + SEGMENT + END,
    "a variable": HEAD + '#EXT-X-DEFINE:NAME="a",VALUE="b"\n' + SEGMENT + END,
    "a byte range": HEAD + "#EXT-X-BYTERANGE:99@0\n" + SEGMENT + END,
    "a playlist": HEAD + "#EXT-X-STREAM-INF:BANDWIDTH=1\nother.m3u8\n" + END,
    "no end": HEAD + SEGMENT,
    "no head": SEGMENT + END,
    "nothing": "",
    "zeros": "\0" * 100,
    "a long line": HEAD + "#" + "x" * 5000 + "\n" + SEGMENT + END,
    "an endless list": HEAD + "#EXT-X-DISCONTINUITY\n" * 450_000 + END,
}
TABLES = {
    "a path in a table": "../../input,0,1\n",
    "an absolute path in a table": "/etc/passwd,0,1\n",
    "a formula": "=HYPERLINK(1),0,1\n",
    "a quoted name": '"s0.ts",0,1\n',
    "words for times": "s0.ts,0,nan\n",
    "a fourth column": "s0.ts,0,1,2\n",
    "a segment twice in a table": "s0.ts,0,1\ns0.ts,1,2\n",
}
MASTER = "#EXTM3U\n#EXT-X-VERSION:6\n"
VARIANT = "#EXT-X-STREAM-INF:BANDWIDTH=1000,RESOLUTION=64x36\nvideo0.m3u8\n"
MASTERS = {
    "a playlist elsewhere": MASTER + "#EXT-X-STREAM-INF:BANDWIDTH=1\n../../other.m3u8\n",
    "a playlist on a server": MASTER + "#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://x/video0.m3u8\n",
    "one playlist more": MASTER + VARIANT + "#EXT-X-STREAM-INF:BANDWIDTH=2\nvideo1.m3u8\n",
    "a playlist twice": MASTER + VARIANT + VARIANT,
    "no playlist": MASTER,
    "sound elsewhere": MASTER + '#EXT-X-MEDIA:TYPE=AUDIO,URI="http://x/a.m3u8"\n' + VARIANT,
    "sound of another": MASTER + '#EXT-X-MEDIA:TYPE=AUDIO,URI="sound.m3u8"\n' + VARIANT,
    "data of a session": MASTER + '#EXT-X-SESSION-DATA:DATA-ID="a",URI="http://x/"\n' + VARIANT,
    "steering": MASTER + '#EXT-X-CONTENT-STEERING:SERVER-URI="http://x/"\n' + VARIANT,
    "a key of all": MASTER + '#EXT-X-SESSION-KEY:METHOD=AES-128,URI="http://x/"\n' + VARIANT,
    "a segment": MASTER + "#EXTINF:2,\ns0.ts\n",
}


def test_what_ffmpeg_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "index.m3u8"
    path.write_text(HEAD + '#EXT-X-MAP:URI="init.mp4"\n' + SEGMENT + END)

    assert read_list(path, ListFormat.M3U8, "init.mp4") == {"s0.m4s": 2.0}


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_crafted_playlist_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "index.m3u8"
    path.write_text(PLAYLISTS[kind], newline="")

    with pytest.raises(TranscodeError, match="nothing was published"):
        read_list(path, ListFormat.M3U8, "init.mp4")


@pytest.mark.parametrize("kind", TABLES)
def test_a_crafted_table_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "index.csv"
    path.write_text(TABLES[kind], newline="")

    with pytest.raises(TranscodeError, match="nothing was published"):
        read_list(path, ListFormat.CSV)


@pytest.mark.parametrize("kind", MASTERS)
def test_a_crafted_master_playlist_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "index.m3u8"
    path.write_text(MASTERS[kind], newline="")

    with pytest.raises(TranscodeError, match="nothing was published"):
        check_master(path, ("video0.m3u8",))


PLACES: dict[str, Callable[[Path], object]] = {
    "a link": lambda path: path.symlink_to("/etc/passwd"),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a fifo": os.mkfifo,
    "a directory": Path.mkdir,
}


@pytest.mark.parametrize("kind", PLACES)
def test_a_list_that_is_no_regular_file_is_not_read(tmp_path: Path, kind: str) -> None:
    PLACES[kind](tmp_path / "index.m3u8")

    with pytest.raises(TranscodeError, match=r"no regular file|FFmpeg wrote no"):
        read_list(tmp_path / "index.m3u8", ListFormat.M3U8)


@pytest.mark.parametrize("kind", [*PLACES, "a file"])
def test_an_index_is_written_over_nothing(tmp_path: Path, kind: str) -> None:
    grid = SpriteGrid("index.vtt", 1, 1, every=1)
    (PLACES | {"a file": Path.touch})[kind](tmp_path / "index.vtt")

    with pytest.raises(TranscodeError, match="nothing was published"):
        write_index(tmp_path, grid, ["sheet-00001.jpg"], pictures=1, size=(16, 16))

    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("pictures", "size"), [(0, (32, 16)), (3, (32, 16)), (10**9, (32, 16)), (2, (33, 16))]
)
def test_an_index_fits_its_sheets(tmp_path: Path, pictures: int, size: tuple[int, int]) -> None:
    grid = SpriteGrid("index.vtt", 2, 1, every=1)

    with pytest.raises(TranscodeError, match="does not fit"):
        write_index(tmp_path, grid, ["sheet-00001.jpg"], pictures=pictures, size=size)

    assert list(tmp_path.iterdir()) == []
