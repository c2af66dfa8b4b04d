"""Inputs, abilities and parts of command lines for tests that plan jobs without running them."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from ffremote.ffmpeg import Capabilities, Encoder, MediaInfo, Plan, Stream
from ffremote.ffmpeg.policy.tables import table

FILM = MediaInfo(
    format="mov,mp4,m4a,3gp,3g2,mj2",
    duration=60.0,
    streams=(
        Stream(0, "video", "h264", 1920, 1080, 25.0, "yuv420p", is_default=True),
        Stream(1, "audio", "aac", sample_rate=48000, channels=2, is_default=True),
        Stream(2, "audio", "ac3", sample_rate=48000, channels=6),
        Stream(3, "subtitle", "mov_text"),
    ),
)
ENCODERS = {
    "libx264": "h264",
    "libx265": "hevc",
    "libvpx-vp9": "vp9",
    "libsvtav1": "av1",
    "mpeg4": "mpeg4",
    "gif": "gif",
    "mjpeg": "mjpeg",
}
SOUNDS = {"aac": "aac", "libopus": "opus", "libmp3lame": "mp3", "flac": "flac"}
TEXTS = {"mov_text": "mov_text", "srt": "subrip", "webvtt": "webvtt", "ass": "ass"}
ABLE = Capabilities(
    version="8.0",
    encoders={
        **{name: Encoder("V", codec) for name, codec in ENCODERS.items()},
        **{name: Encoder("A", codec) for name, codec in SOUNDS.items()},
        **{name: Encoder("S", codec) for name, codec in TEXTS.items()},
    },
    decoders={"h264": ("h264",), "aac": ("aac",), "ac3": ("ac3",), "mov_text": ("mov_text",)},
    filters=frozenset({"scale", "fps", "loudnorm", "subtitles", "eq", "hue", "hflip"}),
    muxers=frozenset(row["muxer"] for row in table("containers").values()),
    demuxers=frozenset(),
    pix_fmts=frozenset({"yuv420p"}),
    options=frozenset({"movflags", "x264-params"}),
)
SMALL = MediaInfo(
    "mov,mp4,m4a,3gp,3g2,mj2",
    20.0,
    (Stream(0, "video", "h264", 320, 240, 25.0, "yuv420p", is_default=True),),
)
SOUND = MediaInfo("wav", 30.0, (Stream(0, "audio", "ac3", sample_rate=48000, channels=6),))
SONG = replace(SOUND, streams=(replace(SOUND.streams[0], is_default=True, channels=1),))
ALL = replace(
    ABLE,
    filters=frozenset(table("filters")) | frozenset(table("graph_filters")),
    options=ABLE.options | {"shortest"},
)
COPY = {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}
HEAD = (
    "-hide_banner -nostdin -nostats -y -v level+verbose -filter_threads 2 -progress pipe:1"
    " -stats_period 0.5 -protocol_whitelist file -format_whitelist mov"
    " -codec_whitelist h264,aac,ac3,mov_text -max_pixels 33554432 -max_streams 100 -threads 2"
).split()


def tail(container: str, extension: str) -> list[str]:
    """Return the end of the last pass of a job."""
    return (
        f"-threads 2 -max_muxing_queue_size 1024 -t 86410 -f {container} file:try1/out.{extension}"
    ).split()


def after(words: Sequence[str], name: str) -> list[str]:
    """Return the words that follow the option `name`."""
    return [word for before, word in itertools.pairwise(words) if before == name]


def maps(planned: Plan) -> list[str]:
    """Return the streams that the last pass maps."""
    return after(planned.passes[-1].argv, "-map")
