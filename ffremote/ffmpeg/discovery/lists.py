"""Parses FFmpeg's own lists of encoders, decoders, filters, formats and options."""

import re
import subprocess
from pathlib import Path

from ffremote.errors import ConfigurationError

from ..binaries import Binaries, version_of
from ..model.capabilities import Capabilities, Encoder
from ..policy.tables import decoders as allowed_decoders
from ..policy.tables import names, table

_CODEC = re.compile(r"^ ([VAS])[.A-Z]{5} (\S+)\s+(.*)$")
_OF_CODEC = re.compile(r"\(codec ([A-Za-z0-9_]+)\)$")
_FILTER = re.compile(r"^ [.A-Z]{2,3} +([A-Za-z0-9_]+) +\S+->\S+ ")
_FORMAT = re.compile(r"^ ([ D])([ E])[ d]? +([A-Za-z0-9_,]+) ")
_PIX_FMT = re.compile(r"^[.IOHPB]{5} ([a-z0-9]\S*) ")
_OPTION = re.compile(r"^ {0,2}-([A-Za-z0-9_\-]+)(?:\[:\S*\])?(?: |$)")
# FFmpeg's native AV1 decoder works with hardware only
_NEEDS_HARDWARE = {"av1"}
# used by the server itself, besides the filters that clients may use
_OWN_FILTERS = frozenset({"ass", "sidedata", "subtitles"})


def list_capabilities(binaries: Binaries) -> Capabilities:
    """Return FFmpeg's lists, reduced to the allow-lists; raise ConfigurationError if it fails."""

    def lines(*arguments: str) -> list[str]:
        return _listing(binaries.ffmpeg, *arguments)

    allowed = names("video_encoders") | names("audio_encoders") | names("subtitle_encoders")
    encoders = {
        name: Encoder(kind, codec)
        for kind, name, codec in _codecs(lines("-encoders"))
        if name in allowed | {"wrapped_avframe"}
    }
    decoders: dict[str, list[str]] = {}
    for _, name, codec in _codecs(lines("-decoders")):
        if name in allowed_decoders() - _NEEDS_HARDWARE:
            decoders.setdefault(codec, []).append(name)
    formats = [match for line in lines("-formats") if (match := _FORMAT.match(line))]
    return Capabilities(
        version=version_of(binaries.ffmpeg),
        ffprobe_version=version_of(binaries.ffprobe),
        encoders=encoders,
        decoders={codec: tuple(found) for codec, found in decoders.items()},
        filters=_named(_FILTER, lines("-filters"))
        & (_OWN_FILTERS | table("filters").keys() | table("graph_filters").keys()),
        muxers=frozenset(n for m in formats if m[2] == "E" for n in m[3].split(",")),
        demuxers=frozenset(n for m in formats if m[1] == "D" for n in m[3].split(","))
        & names("demuxers"),
        pix_fmts=_named(_PIX_FMT, lines("-pix_fmts")),
        options=_named(_OPTION, lines("-h", "full")) & table("options").keys(),
    )


def _listing(program: Path, *arguments: str) -> list[str]:
    try:
        shown = subprocess.run(
            [program, "-hide_banner", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as exc:
        raise ConfigurationError(f"{program} {' '.join(arguments)} fails: {exc}") from exc
    return shown.stdout.decode("utf-8", "replace").splitlines()


def _codecs(lines: list[str]) -> list[tuple[str, str, str]]:
    """Return (kind, name, codec) for each line of `-encoders` or `-decoders`."""
    found = []
    for line in lines:
        match = _CODEC.match(line)
        if match and match[2] != "=":
            of_codec = _OF_CODEC.search(match[3])
            found.append((match[1], match[2], of_codec[1] if of_codec else match[2]))
    return found


def _named(pattern: re.Pattern[str], lines: list[str]) -> frozenset[str]:
    return frozenset(match[1] for line in lines if (match := pattern.match(line)))
