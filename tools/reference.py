"""Generate the reference pages of docs/ from the code: `python -m tools.reference`.

A test generates them again and compares, so that the pages match the code.
"""

import difflib
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from ffremote import spec
from ffremote.config import Settings
from ffremote.ffmpeg.model.capabilities import Capabilities, Encoder
from ffremote.ffmpeg.model.limits import Limits
from ffremote.ffmpeg.planning.dry_run import dry_run
from ffremote.ffmpeg.policy.tables import names, table
from ffremote.spec.decoding import Probe
from tools.reference_attachments import kept_section
from tools.reference_tables import cell, encoders_page, filters_page, options_page

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
    "package.format": {"package": {"type": "pictures"}},
    "package.fps": {"package": {"type": "pictures"}},
    "package.every": {"package": {"type": "pictures"}},
    "package.count": {"package": {"type": "pictures"}},
    "package.quality": {"package": {"type": "pictures"}},
    "package.segment_type": {"package": {"type": "hls"}},
    "package.renditions": {"package": {"type": "hls"}},
    "package.type": {"package": {"seconds": 6}},
    "package.seconds": {"package": {"type": "segments"}},
    "package.times": {"package": {"type": "segments"}},
    **{
        f"package.{key}": {"package": {"type": "segments", "seconds": 6}}
        for key in ("container", "list", "reset_timestamps", "start_number", "digits")
    },
    "thumbnail.at": {"output_filename": "out.jpg"},
    "thumbnail.width": {"output_filename": "out.jpg"},
}
# items of lists, and what the examples of their keys require
_ITEMS = {
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
_SECTIONS = {
    "input": spec.Input,
    "input.probe": Probe,
    "video": spec.Video,
    "audio": spec.Audio,
    "subtitles": spec.Subtitles,
    "thumbnail": spec.Thumbnail,
    "package": spec.Package,
}
_PACKAGES = """
The names of the files are fixed: `00001.jpg`, `segment-00000.mp4` and `index.m3u8` or `index.csv`;
of HLS with renditions they are `index.m3u8` above `video0.m3u8`, `video1.m3u8` and `sound.m3u8`,
and of DASH `index.mpd`;
with several outputs, the number of the output and `-` come first for all but the first one.
`output_filename` names the archive of all. A package has at most 20,000 files; where the length of
the input is known, more are refused before the job runs. Options of `extra_args` for the muxer,
such as `-movflags`, apply to each segment.
"""
_OUTPUTS = """
`outputs` has 1 to 8 objects with the keys of the job that belong to one output: `output_filename`,
`container`, `preset`, `video`, `audio`, `subtitles`, `streams`, `metadata`, `strip_metadata`,
`thumbnail`, `package` and `extra_args`. Outputs that read the inputs in the same way are written by
one run of FFmpeg, so that the inputs are decoded once; a thumbnail has a run of its own. A job
encodes at most 8 streams for several outputs. Each label of `graph` goes into exactly one of them,
and `-ss`, `-t` and `-to` in `extra_args` are times of that output, as behind `-i` in FFmpeg.
"""
_PRESET_ADJUSTMENTS = """
A preset accepts any input. If a job with a preset or a `thumbnail` makes 8-bit 4:2:0 video, a GIF
or a still, the result gets square pixels, progressive frames (`bwdif` if the input is interlaced),
at most 60 frames per second, and BT.709 (HDR is tone mapped). Each change is named in a warning;
`deinterlace`, `fps` and a 10-bit `pix_fmt` of the job win. In every job, video of a size that the
encoder does not support is cropped or enlarged to the nearest supported size, and audio gets the
nearest channel layout, sample rate and bit rate that its encoder supports.
"""
_INTRO = """<!-- generated by `python -m tools.reference`; change the code, not this page -->

"""


def pages() -> dict[str, str]:
    """Return the pages by file name."""
    return {
        "job-json.md": _INTRO + _job_page(),
        "options.md": _INTRO + options_page(),
        "filters.md": _INTRO + filters_page(),
        "encoders.md": _INTRO + encoders_page(),
    }


def _job_page() -> str:
    lines = [
        "# The job JSON",
        "",
        "The body of `POST /api/v1/jobs`. Only `output_filename` or `outputs` is required; a key",
        "that is not in these tables is refused by name. The last column is what the example adds",
        "to FFmpeg's command line for an ordinary input (H.264 and AAC in MP4).",
        "",
        "## The job",
        "",
        *_table(spec.JobSpec, ""),
    ]
    for name, model in _SECTIONS.items():
        lines += ["", f"## `{name}`", "", " ".join((model.__doc__ or "").split()), ""]
        lines += _table(model, f"{name}.")
        lines += _PACKAGES.rstrip().splitlines() if name == "package" else []
    lines += ["", "## `outputs`", *_OUTPUTS.rstrip().splitlines()]
    for name, model in _ITEMS.items():
        lines += ["", f"## An item of `{name}`", "", " ".join((model.__doc__ or "").split()), ""]
        lines += _table(model, f"{name}[].")
    lines += kept_section()
    lines += ["", "## Presets", "", "| preset | description | fields |", "|---|---|---|"]
    for preset in spec.presets.load(Settings()).values():
        fields = json.dumps(dict(preset.job), ensure_ascii=False)
        lines.append(f"| `{preset.name}` | {preset.description} | `{fields}` |")
    lines += _PRESET_ADJUSTMENTS.rstrip().splitlines()
    return "\n".join(lines) + "\n"


def _table(model: type[Any], prefix: str) -> list[str]:
    shapes = model.model_json_schema(mode="validation")["properties"]
    lines = [
        "| key | value | description | example | on the command line |",
        "|---|---|---|---|---|",
    ]
    for name, field in model.model_fields.items():
        examples = field.examples or []
        quoted = ", ".join(f"`{json.dumps(each, ensure_ascii=False)}`" for each in examples)
        words = _added_arguments(prefix + name, examples[0]) if examples else ""
        argv = f"`{cell(words)}`" if words else ""
        lines.append(
            f"| `{prefix}{name}` | {cell(_shape(shapes[name]))} | {cell(field.description or '')}"
            f" | {cell(quoted)} | {argv} |"
        )
    return lines


def _shape(shape: dict[str, Any]) -> str:
    """Return in words the values that a JSON schema allows."""
    if "anyOf" in shape or "oneOf" in shape:
        choices = shape.get("anyOf") or shape["oneOf"]
        return " or ".join(_shape(each) for each in choices if each.get("type") != "null")
    if "enum" in shape:
        return ", ".join(json.dumps(each) for each in shape["enum"])
    if "const" in shape:
        return f"`{json.dumps(shape['const'])}`"
    if "$ref" in shape:
        return "an object"
    kind = shape.get("type", "")
    kind = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if kind == "array":
        kind = f"list of {_shape(shape.get('items', {}))}, {shape.get('maxItems', '')} at most"
    low, high = shape.get("minimum"), shape.get("maximum")
    if low is not None and high is not None:
        return f"{kind}, {low:.9g} to {high:.9g}"
    return f"{kind}, {high:.9g} at most" if high is not None else kind


def _added_arguments(key: str, example: Any) -> str:
    """Return the arguments that an example adds to the command line."""
    section, _, name = key.rpartition(".")
    if section.endswith("[]"):
        return _added_by_item(section.removesuffix("[]"), name, example)
    job: dict[str, Any] = {"output_filename": "out.mp4", **_REQUIRED.get(key, {})}
    if key in ("output_filename", "outputs", "preset", "input.upload_id", "container", "probe"):
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
        inputs: dict[str, Any] = {"output_filename": "out.mp4", "inputs": [{}, {}]}
        inputs |= _REQUIRED[path] if path == "attachments" else {}
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


def main(folder: Path) -> None:
    """Write the pages into `folder`."""
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
