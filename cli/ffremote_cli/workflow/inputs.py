"""Expands inputs: a file, the media files of a directory, the matches of a pattern."""

import glob
import re
from collections.abc import Iterable
from pathlib import Path

from ..client.sequence.notation import PicturePattern, is_numbered
from ..errors import LocalFileProblem, Misused

_ENDINGS = """
    .264 .265 .3g2 .3ga .3gp .3gpp .aa3 .aac .ac3 .ac4 .adts .aif .aifc .aiff .amr .amv .ape .apng
    .asf .au .avc .avi .avs2 .awb .bik .caf .dff .divx .dsf .dts .dtshd .dv .dvr-ms .eac3 .ec3
    .f4a .f4v .flac .flv .gif .gxf .h264 .h265 .hevc .insv .ivf .kux .latm .loas .lrv .m1v .m2p
    .m2t .m2ts .m2v .m4a .m4b .m4r .m4v .mk3d .mka .mkv .mlp .mod .mov .mp1 .mp2 .mp3 .mp4 .mp4v
    .mpa .mpc .mpe .mpeg .mpg .mpga .mpg4 .mpv .mts .mxf .nsv .nut .obu .oga .ogg .ogm .ogv .oma
    .opus .qt .ra .rf64 .rm .rmvb .shn .snd .spx .tak .thd .tod .tp .trp .ts .tta .vc1 .vob .voc
    .vro .w64 .wav .weba .webm .wm .wma .wmv .wtv .wv .xvid .y4m"""
ENDINGS = frozenset(_ENDINGS.split())
"""Extensions of media files; other files of a directory are left out."""

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/", re.IGNORECASE)


def expand_inputs(words: Iterable[Path]) -> list[Path]:
    """Return the input files in the order of the words, each once.

    Files of a directory or pattern, also of one that the shell expanded, are in natural order:
    `film2` before `film10`.
    """
    found: dict[Path, None] = {}
    for word in _in_order(list(words)):
        found |= dict.fromkeys(_expand(word))
    return list(found)


def sequence_at(word: Path, start_number: int | None) -> Path:
    """Return the path of a sequence of pictures; raise Misused if the word is no pattern."""
    if is_numbered(word.name):
        return PicturePattern(str(word), start_number).path
    if not glob.has_magic(word.name):
        raise Misused(
            f"{word} is no pattern of pictures",
            hint="a pattern has a number, as img%03d.png, or is a glob in quotes: 'img*.png'",
        )
    if start_number is not None:
        raise Misused(f"--sequence-start is for a pattern such as img%03d.png, and {word} is none")
    return PicturePattern(str(word), is_glob=True).path


def natural_key(path: Path) -> list[tuple[int, str]]:
    """Return a sort key for natural order, where numbers compare as numbers."""
    parts = re.findall(r"\d+|\D+", str(path).casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _in_order(words: list[Path]) -> list[Path]:
    # A shell sorts the matches of `*.mp4` letter by letter. Any other order was typed on purpose.
    return sorted(words, key=natural_key) if words == sorted(words) else words


def _expand(word: Path) -> list[Path]:
    if _is_folder(word):
        paths = sorted(
            (
                path
                for path in word.rglob("*")
                if path.suffix.lower() in ENDINGS
                and path.is_file()
                and not path.name.startswith(".")
            ),
            key=natural_key,
        )
        if not paths:
            raise LocalFileProblem(
                f"there is no media file in the directory {word}",
                hint="name a file by itself if its extension is unusual, and pictures by a pattern"
                f" such as {word}/img%03d.png",
            )
        return paths
    if word.exists():
        return [word]
    if address := _ADDRESS.match(str(word)):
        raise Misused(
            f"{address[1]}:// inputs are not supported: an input is a file on this machine",
            hint="download it first, with `curl -O` for example",
        )
    if word == Path("-"):
        raise Misused("only `run` and `ffmpeg` read stdin", hint="`ffremote run -i - -o out.mp4`")
    if glob.has_magic(str(word)):
        # Path.glob does not accept absolute patterns
        matched = sorted(map(Path, glob.glob(str(word), recursive=True)), key=natural_key)  # noqa: PTH207
        if not matched:
            raise LocalFileProblem(f"nothing matches {word}")
        return matched
    return [word]


def _is_folder(path: Path) -> bool:
    """Whether the path is a directory; raise LocalFileProblem if that cannot be determined."""
    try:
        return path.is_dir()
    except OSError as exc:  # a name that is too long, or a directory without permission
        raise LocalFileProblem(f"{path} cannot be read: {exc.strerror}") from exc
