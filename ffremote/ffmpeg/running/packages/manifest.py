"""Reads the manifest of DASH, as FFmpeg writes it and no other."""

import re
from pathlib import Path
from xml.etree import ElementTree

from ...model.package_layout import SegmentList
from .lists import read_text, strange

_SPACE = "{urn:mpeg:dash:schema:mpd:2011}"
_TAGS = frozenset(
    {"MPD", "ProgramInformation", "Title", "Source", "Copyright", "ServiceDescription", "Latency"}
    | {"PlaybackRate", "Period", "AdaptationSet", "Role", "Representation", "SegmentTemplate"}
    | {"AudioChannelConfiguration", "SegmentTimeline", "S"}
)
_MOST = 20_000


def read_manifest(path: Path, each: SegmentList) -> dict[str, float]:
    """Return the segments of one representation in their order, and the seconds of each.

    Raise TranscodeError for a manifest that names anything but the files of the package.
    """
    root = _parse(path)
    found = root.findall(f".//{_SPACE}Representation[@id='{each.representation}']")
    templates = found[0].findall(f"{_SPACE}SegmentTemplate") if len(found) == 1 else []
    if len(templates) != 1:
        raise strange(path.name, f"has no representation {each.representation}")
    [template] = templates
    prefix = (each.init or "").partition("init-")[0]
    media = f"{prefix}segment-$RepresentationID$-$Number%05d$.m4s"
    names = template.get("initialization"), template.get("media"), template.get("startNumber")
    if names != (f"{prefix}init-$RepresentationID$.mp4", media, "1"):
        raise strange(path.name, "names other segments")
    lengths: list[float] = []
    scale = _number(path, template.get("timescale", "1")) or 1
    for entry in template.iter(f"{_SPACE}S"):
        count = _number(path, entry.get("r", "0")) + 1
        if len(lengths) + count > _MOST:
            raise strange(path.name, "names too many segments")
        lengths += [_number(path, entry.get("d", "")) / scale] * count
    stem = f"{prefix}segment-{each.representation}"
    return {f"{stem}-{number:05}.m4s": length for number, length in enumerate(lengths, 1)}


def _parse(path: Path) -> ElementTree.Element:
    text = read_text(path, "utf-8")
    if "<!" in text:  # no entities, no comments: FFmpeg writes none
        raise strange(path.name, "has a declaration")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as exc:
        raise strange(path.name, "is no XML") from exc
    for element in root.iter():
        if element.tag.removeprefix(_SPACE) not in _TAGS:
            raise strange(path.name, f"has the element {element.tag[:80]!r}")
        if any(name.endswith("}href") for name in element.attrib):
            raise strange(path.name, "has a link")
    return root


def _number(path: Path, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text, re.ASCII):
        raise strange(path.name, f"has the number {text[:40]!r}")
    return int(text)
