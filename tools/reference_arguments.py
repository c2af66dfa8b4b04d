"""The arguments that the example of a key adds to FFmpeg's command line."""

import difflib
import shlex
from typing import Any

from ffremote import spec
from ffremote.ffmpeg.model.capabilities import Capabilities, Encoder
from ffremote.ffmpeg.model.limits import Limits
from ffremote.ffmpeg.planning.dry_run import dry_run
from ffremote.ffmpeg.policy.tables import names, table

_CODECS = {
    "libx264": "h264",
    "libx265": "hevc",
    "libsvtav1": "av1",
    "libvpx-vp9": "vp9",
    "libmp3lame": "mp3",
    "libopus": "opus",
    "srt": "subrip",
    "h264_nvenc": "h264",
}
_ALL_ENCODERS = {
    **{name: Encoder("V", _CODECS.get(name, name)) for name in names("video_encoders")},
    **{name: Encoder("A", _CODECS.get(name, name)) for name in names("audio_encoders")},
    **{name: Encoder("S", _CODECS.get(name, name)) for name in names("subtitle_encoders")},
}
EVERYTHING = Capabilities(
    version="8.0",
    encoders={name: each for name, each in _ALL_ENCODERS.items() if name != "libfdk_aac"},
    decoders={
        "h264": ("h264",),
        "aac": ("aac",),
        "subrip": ("srt",),
        "png": ("png",),
        "vp9": ("libvpx-vp9",),
        "pcm_s16le": ("pcm_s16le",),
        "rawvideo": ("rawvideo",),
    },
    filters=frozenset(table("filters")) | frozenset(table("graph_filters")) | {"subtitles"},
    muxers=frozenset(row["muxer"] for row in table("containers").values())
    | {"image2", "segment", "hls", "dash"},
    demuxers=names("demuxers"),
    pix_fmts=frozenset({"yuv420p", "yuv420p10le"}),
    options=frozenset(table("options")),
)
"""An FFmpeg with everything on the allow-lists, so that the pages do not depend on the machine."""

# other fields that an example requires
_REQUIRED: dict[str, dict[str, Any]] = {
    "concat": {"inputs": [{}, {}]},
    "subtitles.input": {"inputs": [{}, {}], "subtitles": {"mode": "convert"}},
    "overlays": {"inputs": [{}, {}]},
    "attachments": {"output_filename": "out.mkv", "inputs": [{}, {"role": "font"}]},
    "audio.input": {"inputs": [{}, {}]},
    "audio.mix": {"inputs": [{}, {}]},
    "input.sample_rate": {"input": {"format": "s16le"}},
    "input.channels": {"input": {"format": "s16le"}},
    "input.size": {"input": {"format": "rawvideo", "size": "320x240"}},
    "input.pix_fmt": {"input": {"format": "rawvideo", "size": "320x240"}},
    "video.qp": {"video": {"codec": "libx264"}},
    "video.maxrate": {"video": {"crf": 23}},
    "video.bufsize": {"video": {"crf": 23, "maxrate": "4M"}},
    "video.preset": {"video": {"codec": "libx264"}},
    "video.two_pass": {"video": {"bitrate": "3M"}},
    "video.hardware": {"video": {"codec": "h264"}},
    "audio.quality": {"audio": {"codec": "mp3"}},
    "subtitles.codec": {"subtitles": {"mode": "convert"}},
    "subtitles.style": {"subtitles": {"mode": "burn"}},
    "subtitles.before_filters": {"subtitles": {"mode": "burn"}},
    "package.format": {"package": {"type": "pictures"}},
    "package.fps": {"package": {"type": "pictures"}},
    "package.every": {"package": {"type": "pictures"}},
    "package.count": {"package": {"type": "pictures"}},
    "package.quality": {"package": {"type": "pictures"}},
    **{
        f"package.{key}": {"package": {"type": "sprites"}}
        for key in ("width", "height", "columns", "rows")
    },
    "package.segment_type": {"package": {"type": "hls"}},
    "package.renditions": {"package": {"type": "hls"}},
    "package.variants": {"package": {"type": "hls"}, "streams": ["0:v", "0:a", "0:v", "0:a"]},
    "package.type": {"package": {"seconds": 6}},
    "package.seconds": {"package": {"type": "segments"}},
    "package.times": {"package": {"type": "segments"}},
    **{
        f"package.{key}": {"package": {"type": "segments", "seconds": 6}}
        for key in (
            *("container", "list", "reset_timestamps", "key_frames", "start_number", "digits"),
        )
    },
    "thumbnail.at": {"output_filename": "out.jpg"},
    "thumbnail.width": {"output_filename": "out.jpg"},
}
# items of lists, and what the examples of their keys require
ITEMS = {
    "overlays": spec.Overlay,
    "audio.mix": spec.Sound,
    "attachments": spec.Attachment,
}
_REQUIRED_IN_ITEM: dict[str, dict[str, Any]] = {
    "margin": {"place": "bottom-right"},
    "x": {"y": 0},
    "y": {"x": 0},
}
_WHOLE = ("package.type", "package.seconds", "package.times")
"""Keys whose section would not be valid without them."""


def added_arguments(key: str, example: Any) -> str:
    """Return the arguments that an example adds to the command line."""
    section, _, name = key.rpartition(".")
    if section.endswith("[]"):
        return _added_by_item(section.removesuffix("[]"), name, example)
    job: dict[str, Any] = {"output_filename": "out.mp4", **_REQUIRED.get(key, {})}
    if key in ("output_filename", "outputs", "preset", "input.upload_id", "container", "probe"):
        return ""
    if key.startswith("input.excerpt"):
        return ""
    changed = _with(job, key.split("."), example)
    if key in _WHOLE:
        job = {name: value for name, value in job.items() if name != "package"}
    return _added(job, changed)


def _added_by_item(path: str, name: str, example: Any) -> str:
    """Return the arguments that a key of an item of a list adds to those of its input alone."""

    def job(item: dict[str, Any]) -> dict[str, Any]:
        section, _, key = path.rpartition(".")
        part = {key: [{"input": 1, **item}]}
        inputs: dict[str, Any] = {"output_filename": "out.mp4", **_REQUIRED[path]}
        return inputs | ({section: part} if section else part)

    required = _REQUIRED_IN_ITEM.get(name, {})
    return "" if name == "input" else _added(job({}), job({**required, name: example}))


def _added(job: dict[str, Any], changed: dict[str, Any]) -> str:
    """Return the arguments that the changed job has beyond those of the job."""
    before, after = _argv(job), _argv(changed)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    added = [
        word
        for tag, _, _, start, end in matcher.get_opcodes()
        if tag in ("insert", "replace")
        for word in after[start:end]
    ]
    return shlex.join(added)


def _with(job: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    """Return the job with `value` at the keys of `path`, which lie in each other."""
    first, *rest = path
    return {**job, first: _with(job.get(first, {}), rest, value) if rest else value}


def _argv(job: dict[str, Any]) -> list[str]:
    planned = dry_run(spec.build_job(job), EVERYTHING, Limits())
    return list(planned.argv[-1])
