"""-target: the codecs, sizes and bit rates of a disc."""

from collections.abc import Iterable

from ..command_line.parser import Option
from ..errors import CannotTranslate

_NORMS = {"pal": ("25", "576"), "ntsc": ("30000/1001", "480"), "film": ("24000/1001", "480")}
_GOPS = {"pal": "15", "ntsc": "18", "film": "18"}
_TARGETS = {
    "vcd": "-f vcd -c:v mpeg1video -c:a mp2 -s 352x{half} -b:v 1150000 -maxrate 1150000"
    " -minrate 1150000 -bufsize 327680 -b:a 224000 -ar 44100 -ac 2",
    "svcd": "-f svcd -c:v mpeg2video -c:a mp2 -s 480x{height} -b:v 2040000 -maxrate 2516000"
    " -minrate 0 -bufsize 1835008 -b:a 224000 -ar 44100",
    "dvd": "-f dvd -c:v mpeg2video -c:a ac3 -s 720x{height} -b:v 6000000 -maxrate 9000000"
    " -minrate 0 -bufsize 1835008 -b:a 448000 -ar 48000",
    "dv": "-f dv -s 720x{height} -pix_fmt {dv_format} -ar 48000 -ac 2",
    "dv50": "-f dv -s 720x{height} -pix_fmt yuv422p -ar 48000 -ac 2",
}


def options_of_target(option: Option) -> Iterable[Option]:
    """Return the options that FFmpeg sets for `pal-dvd`, `ntsc-vcd` and the like.

    Raise CannotTranslate for a target without its norm, which FFmpeg would guess from the input.
    """
    norm, _, target = (option.value or "").partition("-")
    if norm not in _NORMS or target not in _TARGETS:
        raise CannotTranslate(
            f"-target {option.value}",
            "supported are pal-, ntsc- and film- with vcd, svcd, dvd, dv and dv50, such as pal-dvd",
        )
    rate, height = _NORMS[norm]
    words = _TARGETS[target].format(
        height=height,
        half=int(height) // 2,
        dv_format="yuv420p" if norm == "pal" else "yuv411p",
    )
    words += f" -r {rate}"
    if target in ("vcd", "svcd", "dvd"):
        words += f" -pix_fmt yuv420p -g {_GOPS[norm]}"
    pairs = iter(words.split())
    return [Option(*_name(word), next(pairs)) for word in pairs]


def _name(word: str) -> tuple[str, str]:
    name, _, specifier = word[1:].partition(":")
    return name, specifier
