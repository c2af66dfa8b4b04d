"""A local HLS playlist: its segments are one input."""

from pathlib import Path

import pytest

from ffremote_cli.errors import LocalFileProblem
from ffremote_cli.ffmpeg_cli.files import input_files, sources_of
from ffremote_cli.ffmpeg_cli.hls_playlist import with_segments
from ffremote_cli.translate import CannotTranslate, Translation, parse, translate

HEAD = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-KEY:METHOD=NONE\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def translated(line: str) -> Translation:
    result = translate(with_segments(parse(line.split())))
    assert isinstance(result, Translation)
    return result


def test_the_segments_are_uploaded_as_one_file_in_their_order(folder: Path) -> None:
    (folder / "film").mkdir()
    (folder / "film/list.m3u8").write_text(f"{HEAD}#EXTINF:2,\nb.ts\n#EXTINF:1,\na.ts\n")
    (folder / "film/a.ts").write_bytes(b"first")
    (folder / "film/b.ts").write_bytes(b"second")

    result = translated("-i film/list.m3u8 -c copy out.mp4")

    with input_files(result, max_bytes=1000) as paths:
        assert [(path.name, path.read_bytes()) for path in paths] == [("list.ts", b"secondfirst")]
    assert not paths[0].exists()
    assert "2 segments of film/list.m3u8 are uploaded as one file" in result.remarks
    with pytest.raises(LocalFileProblem):
        sources_of(result).refuse(Path("film/a.ts"))


def test_a_segment_that_is_missing_is_named(folder: Path) -> None:
    (folder / "list.m3u8").write_text(f"{HEAD}#EXTINF:2,\ngone.ts\n")
    with (
        pytest.raises(LocalFileProblem, match=r"gone\.ts cannot be read: No such file"),
        input_files(translated("-i list.m3u8 -c copy out.mp4"), max_bytes=1000),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=key.bin\na.ts\n", "encrypted"),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n", "lists playlists"),
        ("#EXTM3U\n#EXT-X-MAP:URI=init.mp4\na.m4s\n", "fragmented MP4"),
        ("#EXTM3U\na.ts\n#EXT-X-DISCONTINUITY\nb.ts\n", "jump"),
        ("#EXTM3U\nhttps://example.org/a.ts\n", "does not read URLs"),
        ("#EXTM3U\n/etc/passwd\n", "segments are"),
        ("#EXTM3U\n", "names no segment"),
    ],
)
def test_a_playlist_that_is_no_plain_list_of_segments_is_refused(
    folder: Path, text: str, message: str
) -> None:
    (folder / "list.m3u8").write_text(text)
    with pytest.raises(CannotTranslate, match=message):
        translated("-i list.m3u8 -c copy out.mp4")


def test_a_file_that_is_no_playlist_stays_as_it_is(folder: Path) -> None:
    (folder / "film.m3u8").write_bytes(b"\x47" * 188)
    assert translated("-i film.m3u8 -c copy out.mp4").inputs[0].parts == ()
