"""The pages of docs/ that are made from the code: `python -m tools.reference`.

A test makes them anew and compares, so that they never say what the code does not do.
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
    decoders={"h264": ("h264",), "aac": ("aac",), "subrip": ("srt",)},
    filters=frozenset(table("filters")) | {"subtitles"},
    muxers=frozenset(row["muxer"] for row in table("containers").values()),
    demuxers=names("demuxers"),
    pix_fmts=frozenset({"yuv420p", "yuv420p10le"}),
    options=frozenset(table("options")),
)
"""An FFmpeg that has all that we allow, so that the pages do not depend on this machine's."""

# what an example needs beside it
_BESIDE: dict[str, dict[str, Any]] = {
    "video.qp": {"video": {"codec": "libx264"}},
    "video.maxrate": {"video": {"crf": 23}},
    "video.bufsize": {"video": {"crf": 23, "maxrate": "4M"}},
    "video.preset": {"video": {"codec": "libx264"}},
    "video.two_pass": {"video": {"bitrate": "3M"}},
    "video.hardware": {"video": {"codec": "h264"}},
    "audio.quality": {"audio": {"codec": "mp3"}},
    "subtitles.codec": {"subtitles": {"mode": "convert"}},
    "thumbnail.at": {"output_filename": "out.jpg"},
    "thumbnail.width": {"output_filename": "out.jpg"},
}
_PARTS = {
    "input": spec.Input,
    "video": spec.Video,
    "audio": spec.Audio,
    "subtitles": spec.Subtitles,
    "thumbnail": spec.Thumbnail,
}
_PROMISE = """
A preset works on what people have. A job that names one, or asks for a `thumbnail`, and whose
pictures come out in 8 bits 4:2:0, as a GIF or as a still, gets square pixels, whole frames
(`bwdif` where the input is interlaced), at most 60 frames a second, and BT.709 (HDR is tone
mapped); each is said in a warning, and `deinterlace`, `fps` and a 10-bit `pix_fmt` of the job win.
In every job, a picture whose sides the encoder does not take is cut or enlarged to the nearest
legal size, and sound goes to the nearest channel layout, rate and bit rate that its encoder takes.
"""
_INTRO = """<!-- made by `python -m tools.reference`; change the code, not this page -->

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
        "What `POST /api/v1/jobs` takes. Only `output_filename` must be there; a key that is not",
        "in these tables is refused by its name. The last column is what the example adds to",
        "FFmpeg's command line for an ordinary film (H.264 and AAC in MP4).",
        "",
        "## The job",
        "",
        *_table(spec.JobSpec, ""),
    ]
    for name, model in _PARTS.items():
        lines += ["", f"## `{name}`", "", " ".join((model.__doc__ or "").split()), ""]
        lines += _table(model, f"{name}.")
    lines += kept_section()
    lines += ["", "## Presets", "", "| preset | what it is | the same as |", "|---|---|---|"]
    for preset in spec.presets.load(Settings()).values():
        same = json.dumps(dict(preset.job), ensure_ascii=False)
        lines.append(f"| `{preset.name}` | {preset.description} | `{same}` |")
    lines += _PROMISE.rstrip().splitlines()
    return "\n".join(lines) + "\n"


def _table(model: type[Any], prefix: str) -> list[str]:
    shapes = model.model_json_schema(mode="validation")["properties"]
    lines = [
        "| key | value | what it is | example | on the command line |",
        "|---|---|---|---|---|",
    ]
    for name, field in model.model_fields.items():
        examples = field.examples or []
        shown = ", ".join(f"`{json.dumps(each, ensure_ascii=False)}`" for each in examples)
        words = _words(prefix + name, examples[0]) if examples else ""
        argv = f"`{cell(words)}`" if words else ""
        lines.append(
            f"| `{prefix}{name}` | {cell(_shape(shapes[name]))} | {cell(field.description or '')}"
            f" | {cell(shown)} | {argv} |"
        )
    return lines


def _shape(shape: dict[str, Any]) -> str:
    """Say in words which values a JSON schema admits."""
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
        return f"{kind}, {low:g} to {high:g}"
    return f"{kind}, {high:g} at most" if high is not None else kind


def _words(key: str, example: Any) -> str:
    """Return the words that an example adds to the command line."""
    part, _, name = key.rpartition(".")
    job: dict[str, Any] = {"output_filename": "out.mp4", **_BESIDE.get(key, {})}
    if key in ("output_filename", "preset", "input.upload_id", "container"):
        return ""
    changed = {**job, name: example} if not part else {
        **job, part: {**job.get(part, {}), name: example}
    }  # fmt: skip
    before, after = _argv(job), _argv(changed)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    added = [
        word
        for tag, _, _, start, end in matcher.get_opcodes()
        if tag in ("insert", "replace")
        for word in after[start:end]
    ]
    return shlex.join(added)


def _argv(job: dict[str, Any]) -> list[str]:
    planned = dry_run(spec.build_job(job), EVERYTHING, Limits())
    return list(planned.argv[-1])


def main(folder: Path) -> None:
    """Write the pages into `folder`."""
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
