"""Encoder selection and rate control options."""

from collections.abc import Mapping
from typing import Any

from ffremote.errors import InvalidArgument
from ffremote.spec import Video
from ffremote.spec.types import bitrate_text, number_text

from ..model.capabilities import Capabilities
from ..policy.tables import names, table

COPY = "copy"
_KINDS = {"video": "V", "audio": "A", "subtitle": "S"}


def choose(
    name: str, kind: str, field: str, capabilities: Capabilities, *, hardware: str | None = None
) -> str:
    """Return the encoder for a codec family, an encoder name or `copy`.

    Raise InvalidArgument if the encoder is unknown or does not work on this server.
    """
    if name == COPY:
        return COPY
    name = table("encoders")["aliases"].get(name, name)
    family = table("encoders")["families"].get(name)
    if family is not None:
        return _of_family(name, family, field, capabilities, hardware)
    if name not in names(f"{kind}_encoders"):
        raise InvalidArgument(
            field,
            f"{name!r} is not a supported {kind} encoder. GET /api/v1/capabilities"
            " (`ffremote capabilities`) lists those that are.",
        )
    known = capabilities.encoders.get(name)
    if known is None or known.kind != _KINDS[kind]:
        raise InvalidArgument(
            field, f"The server's FFmpeg {capabilities.version} has no encoder {name!r}."
        )
    if name in capabilities.broken:
        raise InvalidArgument(
            field,
            f"The encoder {name!r} does not work on this server: {capabilities.broken[name]}.",
        )
    return name


def _of_family(
    name: str,
    family: Mapping[str, list[str]],
    field: str,
    capabilities: Capabilities,
    hardware: str | None,
) -> str:
    candidates = list(family["software"])
    if hardware == "require":
        candidates = list(family["hardware"])
    elif hardware == "prefer":
        candidates = family["hardware"] + candidates
    for candidate in candidates:
        if candidate in capabilities.encoders and candidate not in capabilities.broken:
            return candidate
    what = "hardware encoder" if hardware == "require" else "encoder"
    raise InvalidArgument(
        field if hardware != "require" else "video.hardware",
        f"This server has no {what} for {name!r} (tried: {', '.join(candidates) or 'none'}).",
    )


def codec_of(encoder: str, capabilities: Capabilities) -> str:
    """Return the codec that an encoder writes."""
    known = capabilities.encoders.get(encoder)
    return known.codec if known else encoder


def rules_of(encoder: str) -> dict[str, Any]:
    """Return the row of the table `encoders` for an encoder, empty if it has none."""
    rules: dict[str, Any] = table("encoders")["encoders"].get(encoder, {})
    return rules


def rate_control(video: Video, encoder: str) -> tuple[list[str], list[str]]:
    """Return the rate control options, and warnings.

    `crf` with `bitrate` is quality with a cap. x264 and similar encoders ignore `-b:v` with `-crf`,
    so their cap is `-maxrate`; libvpx and libaom cap by `-b:v` itself.
    """
    rules = rules_of(encoder)
    if video.crf is not None and video.qp is not None:
        raise InvalidArgument("video.qp", "video.crf and video.qp exclude each other.")
    if video.qp is not None:
        return _quantizer(video, encoder, rules), []
    if video.crf is not None:
        return _quality(video, encoder, rules)
    if video.bitrate is not None:
        return ["-b:v", bitrate_text(video.bitrate), *_buffer(video, video.maxrate)], []
    if video.maxrate is not None:
        return [*rules.get("default", ()), *_buffer(video, video.maxrate)], []
    if video.bufsize is not None:
        raise InvalidArgument("video.bufsize", "video.bufsize requires video.maxrate or bitrate.")
    return list(rules.get("default", ())), []


def _quantizer(video: Video, encoder: str, rules: Mapping[str, Any]) -> list[str]:
    if video.bitrate is not None:
        raise InvalidArgument("video.bitrate", "video.qp and video.bitrate exclude each other.")
    assert video.qp is not None
    _check_range("video.qp", video.qp, encoder, rules.get("qp"))
    return [rules.get("qp_option", "-qp"), str(video.qp)]


def _quality(video: Video, encoder: str, rules: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    assert video.crf is not None
    _check_range("video.crf", video.crf, encoder, rules.get("crf"))
    crf = [rules.get("crf_option", "-crf"), number_text(video.crf)]
    cap, how = video.maxrate or video.bitrate, rules.get("cap")
    warnings = []
    if video.maxrate and video.bitrate:
        warnings.append("video.bitrate has no effect with video.crf and video.maxrate.")
    if cap is None:
        return crf + (["-b:v", "0"] if how == "bitrate" else []), warnings
    if how is None:
        raise InvalidArgument(
            "video.bitrate" if video.bitrate else "video.maxrate",
            f"{encoder} cannot cap a crf; set either video.crf or video.bitrate.",
        )
    if how == "bitrate":
        return [*crf, "-b:v", bitrate_text(cap)], warnings
    return crf + _buffer(video, cap), warnings


def _buffer(video: Video, maxrate: int | None) -> list[str]:
    """Return the options of the cap and its buffer; the default buffer is two seconds."""
    if maxrate is None:
        return ["-bufsize", bitrate_text(video.bufsize)] if video.bufsize else []
    bufsize = video.bufsize or 2 * maxrate
    return ["-maxrate", bitrate_text(maxrate), "-bufsize", bitrate_text(bufsize)]


def _check_range(
    field: str, value: float, encoder: str, bounds: tuple[float, float] | None
) -> None:
    if bounds is None:
        key = field.partition(".")[2]
        raise InvalidArgument(field, f"{encoder} does not support {key}; use video.bitrate.")
    low, high = bounds
    if not low <= value <= high:
        raise InvalidArgument(
            field, f"{field} is {number_text(value)}, but {encoder} accepts {low} to {high}."
        )
