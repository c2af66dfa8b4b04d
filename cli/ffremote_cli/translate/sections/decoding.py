"""Options before -i that say what the bytes of the input are, and how they are decoded."""

import re
from collections.abc import Mapping
from typing import Any

from ..command_line.parser import InputFile, Option
from ..command_line.probe_depth import depth_of
from ..errors import CannotTranslate
from .raw_formats import LAYOUTS, PCM_FORMATS, RAW_FORMATS, RAW_VIDEO, STREAM_FORMATS
from .tables import SIZES

_OF_PCM = {
    "ar": "sample_rate",
    "sample_rate": "sample_rate",
    "ac": "channels",
    "channels": "channels",
    "ch_layout": "channels",
    "channel_layout": "channels",
}
_OF_RAW_VIDEO = {
    "s": "size",
    "video_size": "size",
    "pix_fmt": "pix_fmt",
    "pixel_format": "pix_fmt",
}
RAW_OPTIONS = frozenset({*_OF_PCM, *_OF_RAW_VIDEO})
"""Options that describe raw data."""
OPTIONS = RAW_OPTIONS | {"sub_charenc", "noautorotate", "itsscale", "noaccurate_seek"}
OPTIONS |= {"skip_frame", "flags2"}
_MOTION_VECTORS = ("+export_mvs", "export_mvs")
DECODERS = frozenset({"c", "codec", "vcodec", "acodec", "scodec"})
_HARDWARE = re.compile(
    r"\w+_(?:cuvid|qsv|v4l2m2m|mediacodec|mmal|rkmpp|amf|oh|vaapi|vdpau|videotoolbox)", re.ASCII
)


def declared_format(source: InputFile) -> str | None:
    """Return the format of -f before -i that the job declares; None for one that is detected."""
    name = source.values("f").get("f")
    return name if name in RAW_FORMATS | STREAM_FORMATS else None


def decoding_of(source: InputFile) -> dict[str, Any]:
    """Return the keys of the input's section; raise CannotTranslate for what a job cannot say."""
    name = declared_format(source)
    fields: dict[str, Any] = {} if name is None else {"format": name}
    for option in source.options:
        if option.key in RAW_OPTIONS:
            fields |= _raw_field(option, name)
    if name == RAW_VIDEO and "size" not in fields:
        raise CannotTranslate("-f rawvideo", "it requires the size of the pictures: -s 640x360")
    values = source.values("sub_charenc", "itsscale")
    if "sub_charenc" in values:
        fields["charset"] = values["sub_charenc"]
    names = {option.key for option in source.options}
    fields |= {"rotate": "keep"} if "noautorotate" in names else {}
    fields |= {"seek": "keyframe"} if "noaccurate_seek" in names else {}
    fields |= _flags_of(source)
    if "itsscale" in values and (factor := _factor(values["itsscale"])) != 1:
        fields["stretch"] = factor
    return {**fields, **_decoders(source, name), **_probe(source)}


def is_hardware_decoder(option: Option) -> bool:
    """Return whether the option names a decoder of a graphics card, which the server replaces."""
    return option.name in DECODERS and _HARDWARE.fullmatch(option.value or "") is not None


def _raw_field(option: Option, name: str | None) -> dict[str, Any]:
    key = _OF_PCM.get(option.key) if name in PCM_FORMATS else None
    key = _OF_RAW_VIDEO.get(option.key) if name == RAW_VIDEO else key
    if key is None:
        raise CannotTranslate(
            option.word,
            "before -i it describes raw data, and the input is not declared as such",
            hint="add -f s16le (or another format of raw audio), or -f rawvideo, before -i",
        )
    value = option.value or ""
    if key == "size":
        return {key: SIZES.get(value, value).replace(":", "x")}
    if key == "pix_fmt":
        return {key: value}
    if key == "channels" and option.key.endswith("layout"):
        return {key: _channels(option)}
    try:
        return {key: int(value)}
    except ValueError as exc:
        raise CannotTranslate(f"{option.word} {value}", "this option takes a number") from exc


def _channels(option: Option) -> int:
    name = option.value or ""
    count = int(name[:-1]) if re.fullmatch(r"[0-9]{1,2}c", name, re.ASCII) else LAYOUTS.get(name)
    if count is None:
        raise CannotTranslate(
            f"{option.word} {name}",
            f"raw audio has one of the layouts {', '.join(LAYOUTS)}, or a number of channels (-ac)",
        )
    return count


def _decoders(source: InputFile, name: str | None) -> Mapping[str, Any]:
    """Return the key `decoder`; that of raw data follows from its format."""
    named = [
        option.value or ""
        for option in source.options
        if option.name in DECODERS and not is_hardware_decoder(option)
    ]
    implied = RAW_VIDEO if name == RAW_VIDEO else f"pcm_{name}"
    found = [each for each in dict.fromkeys(named) if each != implied]
    return {"decoder": found[0] if len(found) == 1 else found} if found else {}


def _flags_of(source: InputFile) -> dict[str, Any]:
    """Return the keys for -skip_frame and -flags2."""
    values = source.values("skip_frame", "flags2")
    flags = values.get("flags2")
    if flags is not None and flags not in _MOTION_VECTORS:
        raise CannotTranslate(f"-flags2 {flags}", "before -i the only flag is +export_mvs")
    found: dict[str, Any] = {} if flags is None else {"motion_vectors": True}
    if values.get("skip_frame") not in (None, "default", "none"):
        found["skip_frames"] = values["skip_frame"]
    return found


def _factor(text: str) -> float:
    try:
        return float(text)
    except ValueError as exc:
        raise CannotTranslate(f"-itsscale {text}", "this option takes a number") from exc


def _probe(source: InputFile) -> Mapping[str, Any]:
    depths = [depth_of(option) for option in source.options]
    found = {key: value for each in depths for key, value in each.items()}
    return {"probe": found} if found else {}
