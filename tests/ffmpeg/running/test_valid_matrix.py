"""Ordinary files of every common container and codec are transcoded, confined."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.runtime import Runtime
from tests.support.builds import installed_builds
from tests.support.job_directory import JobDirectory

# name: extension, required encoders, options
FILES: dict[str, tuple[str, str, str]] = {
    "h264 aac": ("mp4", "libx264 aac", "-c:v libx264 -c:a aac"),
    "h264 aac, fragmented": ("mp4", "libx264 aac", "-c:v libx264 -c:a aac -movflags empty_moov"),
    "h264 aac, faststart": ("mp4", "libx264 aac", "-c:v libx264 -c:a aac -movflags faststart"),
    "h264 of 10 bits": ("mp4", "libx264", "-c:v libx264 -pix_fmt yuv420p10le -an"),
    "h264 of 4:4:4": ("mp4", "libx264", "-c:v libx264 -pix_fmt yuv444p -an"),
    "hevc ac3": ("mp4", "libx265 ac3", "-c:v libx265 -c:a ac3"),
    "mpeg4 mp3": ("mp4", "libmp3lame", "-c:v mpeg4 -c:a libmp3lame"),
    "av1 opus in mp4": ("mp4", "libsvtav1 libopus", "-c:v libsvtav1 -c:a libopus"),
    "h264 alac": ("mov", "libx264 alac", "-c:v libx264 -c:a alac"),
    "prores pcm": ("mov", "prores_ks", "-c:v prores_ks -c:a pcm_s16le"),
    "mjpeg pcm": ("mov", "mjpeg", "-c:v mjpeg -pix_fmt yuvj420p -c:a pcm_s24le"),
    "qtrle": ("mov", "qtrle", "-c:v qtrle -an"),
    "dnxhr": ("mov", "dnxhd", "-c:v dnxhd -profile:v dnxhr_lb -s 256x144 -an"),
    "aac alone": ("m4a", "aac", "-vn -c:a aac"),
    "alac alone": ("m4a", "alac", "-vn -c:a alac"),
    "vp9 vorbis": ("mkv", "libvpx-vp9 libvorbis", "-c:v libvpx-vp9 -cpu-used 8 -c:a libvorbis"),
    "ffv1 flac": ("mkv", "ffv1 flac", "-c:v ffv1 -c:a flac"),
    "h264 dts": ("mkv", "libx264 dca", "-c:v libx264 -c:a dca -strict -2"),
    "utvideo": ("mkv", "utvideo", "-c:v utvideo -an"),
    "vp8 vorbis": ("webm", "libvpx libvorbis", "-c:v libvpx -c:a libvorbis"),
    "vp9 opus": ("webm", "libvpx-vp9 libopus", "-c:v libvpx-vp9 -cpu-used 8 -c:a libopus"),
    "av1 opus": ("webm", "libsvtav1 libopus", "-c:v libsvtav1 -c:a libopus"),
    "mpeg4 mp3 in avi": ("avi", "mpeg4 libmp3lame", "-c:v mpeg4 -c:a libmp3lame"),
    "mjpeg pcm in avi": ("avi", "mjpeg", "-c:v mjpeg -pix_fmt yuvj420p -c:a pcm_s16le"),
    "huffyuv": ("avi", "huffyuv", "-c:v huffyuv -an"),
    "msmpeg4": ("avi", "msmpeg4", "-c:v msmpeg4 -an"),
    "raw video": ("avi", "rawvideo", "-c:v rawvideo -an"),
    "flv1 mp3": ("flv", "flv libmp3lame", "-c:v flv -c:a libmp3lame -ar 44100"),
    "h264 aac in flv": ("flv", "libx264 aac", "-c:v libx264 -c:a aac"),
    "h264 aac in ts": ("ts", "libx264 aac", "-c:v libx264 -c:a aac"),
    "mpeg2 mp2 in ts": ("ts", "mpeg2video mp2", "-c:v mpeg2video -c:a mp2"),
    "h264 ac3 in m2ts": ("m2ts", "libx264 ac3", "-c:v libx264 -c:a ac3"),
    "mpeg1 mp2": ("mpg", "mpeg1video mp2", "-c:v mpeg1video -c:a mp2"),
    "mpeg2 ac3": ("vob", "mpeg2video ac3", "-c:v mpeg2video -c:a ac3"),
    "h263 aac": ("3gp", "h263 aac", "-c:v h263 -c:a aac"),
    "wmv2 wma": ("wmv", "wmv2 wmav2", "-c:v wmv2 -c:a wmav2"),
    "theora vorbis": ("ogv", "libtheora libvorbis", "-c:v libtheora -c:a libvorbis"),
    "vorbis": ("ogg", "libvorbis", "-vn -c:a libvorbis"),
    "opus": ("opus", "libopus", "-vn -c:a libopus"),
    "speex": ("spx", "libspeex", "-vn -c:a libspeex -ar 16000 -ac 1"),
    "mp3": ("mp3", "libmp3lame", "-vn -c:a libmp3lame"),
    "mp2": ("mp2", "mp2", "-vn -c:a mp2"),
    "adts": ("aac", "aac", "-vn -c:a aac"),
    "ac3": ("ac3", "ac3", "-vn -c:a ac3"),
    "eac3": ("eac3", "eac3", "-vn -c:a eac3"),
    "flac": ("flac", "flac", "-vn -c:a flac"),
    "wav": ("wav", "pcm_s16le", "-vn -c:a pcm_s16le"),
    "w64": ("w64", "pcm_s24le", "-vn -c:a pcm_s24le"),
    "aiff": ("aiff", "pcm_s16be", "-vn -c:a pcm_s16be"),
    "au": ("au", "pcm_mulaw", "-vn -c:a pcm_mulaw"),
    "caf": ("caf", "pcm_s16be", "-vn -c:a pcm_s16be"),
    "wavpack": ("wv", "wavpack", "-vn -c:a wavpack"),
    "tta": ("tta", "tta", "-vn -c:a tta"),
    "gif": ("gif", "gif", "-an -c:v gif"),
    "apng": ("apng", "apng", "-an -c:v apng -f apng"),
    "png": ("png", "png", "-an -frames:v 1 -c:v png -f image2pipe"),
    "jpeg": ("jpg", "mjpeg", "-an -frames:v 1 -c:v mjpeg -pix_fmt yuvj420p -f image2pipe"),
    "bmp": ("bmp", "bmp", "-an -frames:v 1 -c:v bmp -f image2pipe"),
    "tiff": ("tiff", "tiff", "-an -frames:v 1 -c:v tiff -f image2pipe"),
    "webp": ("webp", "libwebp", "-an -frames:v 1 -c:v libwebp -f webp"),
    "mxf": ("mxf", "mpeg2video", "-c:v mpeg2video -c:a pcm_s16le -ar 48000"),
    "nut": ("nut", "mpeg4 aac", "-c:v mpeg4 -c:a aac"),
    "ivf": ("ivf", "libvpx-vp9", "-an -c:v libvpx-vp9 -cpu-used 8"),
    "raw h264": ("h264", "libx264", "-an -c:v libx264"),
    "raw hevc": ("hevc", "libx265", "-an -c:v libx265"),
    "raw mpeg4": ("m4v", "mpeg4", "-an -c:v mpeg4 -f m4v"),
    "yuv4mpeg": ("y4m", "wrapped_avframe", "-an -f yuv4mpegpipe"),
    "dv": ("dv", "dvvideo", "-s 720x576 -r 25 -pix_fmt yuv420p -c:v dvvideo -ar 48000 -ac 2"),
}


ALWAYS = (
    *("h264 aac", "hevc ac3", "vp9 opus", "av1 opus", "h264 ac3 in m2ts", "mpeg2 ac3"),
    *("mp3", "vorbis", "png", "gif"),
)


def rows() -> list[Any]:
    """Return a row for each kind of file; the rarer ones run with `--all` only."""
    return [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.wide) for name in FILES]


class Maker:
    """Makes each file once, with the first build that can; `has` returns whether one can."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.encoders = {
            each.ffmpeg: ffmpeg.read_capabilities(each).encoders.keys() | {"wrapped_avframe"}
            for each in installed_builds()
        }

    def has(self, name: str) -> bool:
        return self._program(name) is not None

    def file(self, name: str) -> Path:
        extension, _, options = FILES[name]
        path = self.folder / f"{list(FILES).index(name)}.{extension}"
        if not path.exists():
            self._make(name, options, path)
        return path

    def _program(self, name: str) -> Path | None:
        needs = set(FILES[name][1].split())
        return next(
            (program for program, encoders in self.encoders.items() if encoders >= needs), None
        )

    def _make(self, name: str, options: str, path: Path) -> None:
        program = self._program(name)
        assert program is not None
        argv = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=176x144:r=25:d=0.4"]
        argv += ["-f", "lavfi", "-i", "sine=440:r=48000:d=0.4"]
        own_pixels = ("-pix_fmt", "gif", "png", "bmp", "qtrle", "prores", "dnx")
        if not any(word in options for word in own_pixels):
            argv += ["-pix_fmt", "yuv420p"]
        argv += [*options.split(), str(path)]
        subprocess.run([program, *argv], check=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """The files of the matrix, each made on its first use."""
    return Maker(tmp_path_factory.mktemp("matrix"))


def test_the_matrix_is_as_large_as_it_should_be(files: Maker) -> None:
    assert len(FILES) >= 65
    assert len([name for name in FILES if files.has(name)]) >= 40


@pytest.mark.slow
@pytest.mark.parametrize("name", rows())
def test_an_ordinary_file_is_transcoded(
    runtime: Runtime,
    capabilities: ffmpeg.Capabilities,
    files: Maker,
    tmp_path: Path,
    name: str,
) -> None:
    if not files.has(name):
        pytest.skip(
            "no installed FFmpeg can make it; Debian's and the one of ffremote[ffmpeg] together can"
        )
    directory = JobDirectory(runtime, capabilities, tmp_path, files.file(name))
    info = directory.probe()
    job = {"output_filename": "a.mkv", "video": {"codec": "mpeg4"}, "audio": {"codec": "aac"}}
    job = job if info.of_kind("video") else {"output_filename": "a.flac"}
    if not all(stream.codec in capabilities.decoders for stream in info.streams):
        with pytest.raises(ffmpeg.TranscodeError) as caught:
            directory.plan_job(**job)
        assert caught.value.failure.reason == "unsupported_input"
        return
    plan = directory.plan_job(**job)

    made = directory.run_plan(plan)

    assert [stream.kind for stream in made.streams] == list(plan.expected.streams)
