"""Results of ordinary ffmpeg command lines equal those of the local ffmpeg."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ffremote.ffmpeg import Binaries
from tests.support.scripted_server import Ffremote

CUES = "1\n00:00:00,200 --> 00:00:01,000\nHello\n\n2\n00:00:01,200 --> 00:00:01,800\nThere\n"
CHAPTERS = (
    ";FFMETADATA1\ntitle=Holiday\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"
    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n"
)
X264 = "-c:v libx264 -preset ultrafast -qp 0"


@dataclass(frozen=True)
class Local:
    """The local FFmpeg, in a directory with the inputs."""

    binaries: Binaries
    folder: Path

    def make(self, *words: str) -> None:
        subprocess.run(
            [self.binaries.ffmpeg, "-v", "error", "-nostdin", "-y", *words],
            cwd=self.folder,
            check=True,
            timeout=60,
        )

    def info(self, path: Path) -> dict[str, Any]:
        """Return streams, chapters and duration as ffprobe prints them."""
        show = (
            "stream=codec_type,codec_name,width,height,pix_fmt,sample_rate,channels,avg_frame_rate"
        )
        tags = ":stream_tags=language:stream_disposition=default,attached_pic:format=duration"
        message = subprocess.run(
            [
                *(self.binaries.ffprobe, "-v", "error", "-of", "json", "-show_entries"),
                f"{show}{tags}:format_tags=title,artist:chapter=start_time,end_time",
                path,
            ],
            capture_output=True,
            check=True,
            timeout=60,
        )
        return dict(json.loads(message.stdout))

    def frames(self, path: Path) -> list[str]:
        """Return the hashes of all decoded video and audio."""
        message = subprocess.run(
            [
                *(self.binaries.ffmpeg, "-v", "error", "-nostdin", "-i", path),
                *("-map", "0:v?", "-map", "0:a?", "-f", "framemd5", "-"),
            ],
            capture_output=True,
            check=True,
            timeout=60,
            text=True,
        )
        lines = [line for line in message.stdout.splitlines() if not line.startswith("#")]
        return [line.rsplit(",", 1)[1] for line in lines]


@pytest.fixture(scope="session")
def local(binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Inputs of many kinds: every kind of stream, stills, songs with a cover, odd formats."""
    made = Local(binaries, tmp_path_factory.mktemp("inputs"))
    (made.folder / "cues.srt").write_text(CUES)
    (made.folder / "chapters.txt").write_text(CHAPTERS)
    (made.folder / "font.ttf").write_bytes(b"\0\1\0\0" + bytes(500))
    pictures = ("-f", "lavfi", "-i", "testsrc=s=160x120:r=25:d=2")
    sound = ("-f", "lavfi", "-i", "sine=f=440:d=2:r=44100")
    texts = ("-i", "cues.srt", "-i", "cues.srt", "-f", "ffmetadata", "-i", "chapters.txt")
    encoded = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-c:a", "aac", "-c:s", "srt")
    made.make(
        *(*pictures, *sound, *sound, *texts, "-map", "0:v", "-map", "1:a", "-map", "2:a"),
        *("-map", "3", "-map", "4", "-map_metadata", "5", "-map_chapters", "5", *encoded),
        *("-pix_fmt", "yuv420p", "-metadata:s:a:0", "language=ger", "-metadata:s:a:1"),
        *("language=eng", "-metadata:s:s:0", "language=ger", "-metadata:s:s:1", "language=eng"),
        *("-attach", "font.ttf", "-metadata:s:t", "mimetype=font/ttf", "film.mkv"),
    )
    made.make("-i", "film.mkv", "-map", "0:v", "-map", "0:a:0", "-c", "copy", "film.mp4")
    made.make("-i", "film.mkv", "-map", "0", "-map", "-0:t", "-c", "copy", "plain.mkv")
    odd = ("-f", "lavfi", "-i", "testsrc=s=121x81:r=10:d=0.5")
    made.make(*odd, "-frames:v", "1", "odd.png")
    made.make("-i", "odd.png", "odd.bmp")
    made.make(*odd, "odd.gif")
    made.make(*sound, "-c:a", "pcm_s16le", "song.wav")
    made.make("-i", "song.wav", "-c:a", "libopus", "-metadata", "title=Tone", "song.opus")
    made.make(
        "-i", "song.wav", "-i", "odd.png", "-map", "0", "-map", "1", "-c:v", "png", "cover.mp3"
    )
    made.make(
        "-i", "film.mp4", "-vf", "setpts=PTS+floor(N/7)*0.1/TB", "-fps_mode", "vfr", "vfr.mkv"
    )
    return made


LINES = {
    "remux": "-i film.mkv -map 0:v -map 0:a -c copy out.mp4",
    "trim": f"-ss 0.5 -i film.mp4 -t 1 {X264} -c:a flac out.mkv",
    "trim after -i": f"-i film.mp4 -ss 0.5 -to 1.5 {X264} -an out.mkv",
    "subtitles unasked": f"-i film.mkv {X264} -c:a copy out.mkv",
    "subtitles switched off": f"-i film.mkv -sn {X264} -c:a copy out.mkv",
    "all but subtitles": "-i plain.mkv -sn -map_metadata -1 -map 0 -c copy out.mkv",
    "all": "-i film.mkv -map 0 -c copy out.mkv",
    "all with data switched off": "-i film.mkv -map 0 -dn -ignore_unknown -c copy out.mkv",
    "copied subtitles": f"-i film.mkv {X264} -c:a copy -c:s copy out.mkv",
    "converted subtitles": "-i film.mkv -c:v copy -c:a copy -c:s mov_text out.mp4",
    "copy without maps": "-i film.mkv -c copy out.mkv",
    "copy without maps to mp4": "-i film.mkv -c copy out.mp4",
    "subtitles alone": "-i film.mkv -map 0:s:1 out.srt",
    "attachments by name": "-i film.mkv -map 0:v -map 0:s -map 0:t -c copy out.mkv",
    "one language": "-i film.mkv -map 0:v -map 0:a:m:language:eng? -c copy out.mkv",
    "without metadata": "-i film.mkv -map_metadata -1 -map 0:v -map 0:a -c copy out.mkv",
    "without metadata and chapters": (
        "-i film.mkv -map_metadata -1 -map_chapters -1 -map 0:v -map 0:a -c copy out.mkv"
    ),
    "default moved": (
        "-i film.mkv -map 0:v -map 0:a -c copy -disposition:a:0 0 -disposition:a:1 default out.mkv"
    ),
    "lower rate": f"-i film.mp4 -r 10 {X264} -an out.mp4",
    "higher rate": f"-i film.mp4 -r 30 {X264} -an out.mkv",
    "rate of a variable film": f"-i vfr.mkv -r 12 {X264} -an out.mp4",
    "rate after filters": f"-i film.mp4 -vf hflip -r ntsc-film {X264} -an out.mp4",
    "variable rate": f"-i vfr.mkv -vsync vfr {X264} -an out.mp4",
    "one graph": f"-i film.mp4 -filter_complex [0]hflip[s0] -map [s0] {X264} out.mp4",
    "two graphs": (
        "-i film.mp4 -filter_complex [0:v]setpts=0.5*PTS[v];[0:a]atempo=2.0[a] -map [v] -map [a]"
        f" {X264} -c:a pcm_s16le out.mkv"  # FLAC after a filter fails in FFmpeg 9
    ),
    "one stream read twice": (
        "-i film.mp4 -filter_complex [0:v]crop=80:120:0:0[l];[0:v]hflip,crop=80:120:0:0[r];"
        f"[l][r]hstack {X264} -an out.mkv"
    ),
    "harmless words": (
        "-threads 2 -hwaccel auto -probesize 10M -i film.mp4 -max_muxing_queue_size 999"
        f" {X264} -an out.mp4"
    ),
    "sound stretched to its times": "-i film.mp4 -vn -async 1 -c:a pcm_s16le out.wav",
    "louder": "-i film.mp4 -vn -af volume=2 -c:a pcm_s16le out.wav",
    "switched off before -i": f"-an -i film.mp4 {X264} out.mp4",
    "picture to picture": "-i odd.png out.bmp",
    "picture to another size": "-i odd.bmp -vf scale=60:-1 out.png",
    "first picture of a film": "-ss 1 -i film.mp4 -frames:v 1 out.png",
    "last picture of a film": "-sseof -0.5 -i film.mp4 -update 1 out.png",
    "third picture of a film": "-i film.mp4 -frames:v 3 -update 1 out.bmp",
    "contact sheet": "-i film.mp4 -vf fps=2,scale=80:60,tile=2x2 out.png",
    "copied from after -i": "-i film.mp4 -ss 0.5 -t 1 -c copy out.mkv",
    "copied sound from after -i": "-i song.wav -ss 0.5 -t 1 -acodec copy out.wav",
    "values without names": f"-i film.mp4 -vf fade=in:5:10,eq=1.2:0.1:1:1.1 {X264} -an out.mkv",
    "subtitles by index": "-i film.mkv -map 0:3 -an -vn -c:s srt out.srt",
    "tags of a file": "-i film.mp4 -i chapters.txt -map 0:v -map_metadata 1 -c copy out.mkv",
    "chapters of another": "-i song.wav -i film.mkv -map 0 -map_chapters 1 -c:a flac out.mka",
    "odd animation": f"-i odd.gif {X264} out.mkv",
    "tags of a song in Ogg": "-i song.opus -c:a pcm_s16le out.mka",
    "padded sound": "-i song.wav -af apad -t 3 out.wav",
    "sound as long as the film": (
        "-i film.mp4 -ss 1.5 -i song.wav -map 0:v -map 1:a -af apad -c:a flac"
        f" -shortest {X264} out.mkv"
    ),
    "sound of a graph as long as the film": (
        "-i film.mp4 -ss 1.5 -i song.wav -filter_complex [1:a]volume=0.5,apad[a] -map 0:v -map [a]"
        f" -c:a flac -shortest {X264} out.mkv"
    ),
    "part of a faster film": f"-i film.mp4 -vf setpts=0.5*PTS -t 0.5 {X264} -an out.mkv",
    "joined in -vf": (
        f"-i film.mp4 -vf split[a][b];[b]reverse[r];[a][r]concat=n=2:v=1:a=0 {X264} -an out.mkv"
    ),
    "cover of a song": "-i cover.mp3 -an -c:v copy out.png",
    "song with its cover": "-i cover.mp3 -map 0 -c copy out.mp3",
    "song to flac": "-i song.wav -c:a flac -compression_level 8 out.flac",
    "animation": f"-i odd.gif {X264} -pix_fmt yuv444p out.mkv",
    "metadata": "-i film.mp4 -metadata title=Trip -metadata artist=Me -c copy out.mp4",
    "frames": f"-i film.mp4 -frames:v 7 {X264} -an out.mkv",
    "size after filters": f"-i film.mp4 -vf hflip -s 80x60 {X264} -an out.mkv",
    "transport stream": "-i film.mp4 -c copy -f mpegts out.ts",
}
NARROW = (
    "last picture of a film",
    "subtitles unasked",
    "lower rate",
    "picture to picture",
)


@pytest.mark.parametrize(
    "name",
    [name if name in NARROW else pytest.param(name, marks=pytest.mark.wide) for name in LINES],
)
def test_the_result_has_the_streams_the_duration_and_the_frames_of_the_local_one(
    real: Ffremote, local: Local, tmp_path: Path, name: str
) -> None:
    *words, output = LINES[name].split(" ")
    expected_path = tmp_path / f"local{Path(output).suffix}"
    for file in local.folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    local.make(*words, str(expected_path))

    done = real("ffmpeg", "-v", "warning", *words, output)

    assert done.returncode == 0, done.stderr
    remote, expected = local.info(tmp_path / output), local.info(expected_path)
    for info in (remote, expected):
        drop_known_differences(info, LINES[name])
    assert remote["streams"] == expected["streams"]
    assert remote["chapters"] == expected["chapters"]
    assert remote["format"].get("tags") == expected["format"].get("tags")
    lengths = [float(each["format"].get("duration", 0)) for each in (remote, expected)]
    assert lengths[0] == pytest.approx(lengths[1], abs=0.05)
    if Path(output).suffix != ".srt":
        assert local.frames(tmp_path / output) == local.frames(expected_path)


def drop_known_differences(info: dict[str, Any], line: str) -> None:
    """Remove from `info` the known differences between the server and the local FFmpeg.

    Without a subtitle codec in the line, the server keeps the subtitles that fit. The local FFmpeg
    marks the output of a graph as default, with the source's language, and keeps chapters past -t.
    """
    for stream in info["streams"]:
        if stream["codec_type"] == "subtitle" and "-c:s" not in line and "-c copy" not in line:
            del stream["codec_name"]
        if "-disposition" not in line:
            del stream["disposition"]["default"]
        if "-filter_complex" in line:
            stream.pop("tags", None)
    for chapter in info["chapters"] if "-ss" in line else ():
        del chapter["end_time"]


def test_the_last_progress_block_has_the_totals(
    real: Ffremote, local: Local, tmp_path: Path
) -> None:
    (tmp_path / "film.mp4").symlink_to(local.folder / "film.mp4")
    words = ("-i", "film.mp4", "-c:v", "libx264", "-r", "10", "-an")
    local.make("-progress", str(tmp_path / "local.txt"), *words, str(tmp_path / "local.mp4"))

    done = real("ffmpeg", "-v", "error", "-progress", "ours.txt", *words, "out.mp4")

    assert done.returncode == 0, done.stderr
    remote, expected = (last_block(tmp_path / name) for name in ("ours.txt", "local.txt"))
    exact = ("frame", "out_time_us", "out_time_ms", "out_time", "dup_frames", "drop_frames")
    assert {name: remote[name] for name in exact} == {name: expected[name] for name in exact}
    assert int(remote["total_size"]) == (tmp_path / "out.mp4").stat().st_size
    assert remote.keys() == expected.keys() - {"stream_0_0_q"}
    assert remote["progress"] == "end"


def last_block(path: Path) -> dict[str, str]:
    """Return the keys and values after the last but one `progress=`."""
    blocks = path.read_text().strip().rsplit("progress=", 2)
    lines = f"progress={blocks[-1]}\n{blocks[-2]}".splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
