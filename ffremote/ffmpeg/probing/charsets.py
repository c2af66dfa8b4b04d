"""Guesses the charset of a text subtitle file from its bytes."""

from pathlib import Path

from charset_normalizer import from_bytes

TEXT_FORMATS = frozenset({"srt", "ass", "webvtt"})
MAX_BYTES = 4 << 20
_MAX_SAMPLE = 1 << 16
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # FFmpeg detects these itself
# charset-normalizer's name: FFmpeg's (iconv's) name
_CANDIDATES = {
    **{f"cp125{n}": f"CP125{n}" for n in range(7)},
    "koi8_r": "KOI8-R",
    "cp932": "CP932",
    "gb18030": "GB18030",
    "big5": "BIG5",
    "cp949": "CP949",
}
# letters that are common in each; the same bytes are letters in all three
_LATIN_LETTERS = {
    "cp1252": "äöüÄÖÜßéèêëàâçîïôûùœáíóúñ¿¡ãõåæøÅÆØìòÉÀÈÇÓÁÍÚÑ",
    "cp1250": "ąćęłńóśźżĄĆĘŁÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűöüÖÜŐŰăâîşţđĐ",
    "cp1254": "ğışçöüİŞÇÖÜĞâîû",
}


def guess_charset(path: Path) -> str | None:
    """Return iconv's name of the charset; None for UTF-8 and for files with a byte-order mark."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES)
    if data.startswith(_BYTE_ORDER_MARKS) or _is_utf8(data):
        return None
    lines = [line for line in data.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_MAX_SAMPLE]
    best = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    charset = best.encoding if best is not None else "cp1252"
    if charset in _LATIN_LETTERS:
        charset = _latin_charset(sample)
    elif charset == "cp1251" and _is_hebrew(sample):
        charset = "cp1255"
    return _CANDIDATES[charset]


def _is_utf8(data: bytes) -> bool:
    """Whether all of `data` is UTF-8; MAX_BYTES may cut the last letter."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as exc:
        return len(data) == MAX_BYTES and exc.start >= len(data) - 3
    return True


def _latin_charset(sample: bytes) -> str:
    """Choose the western, central European or Turkish charset; the western one if in doubt."""
    western = sample.decode("cp1252", "replace")
    if "õ" in western and not set("ãä") & set(western):
        return "cp1250"  # the Hungarian ő
    known = {name: set(letters) for name, letters in _LATIN_LETTERS.items()}
    counts = {
        name: sum(letter in known[name] for letter in sample.decode(name, "replace"))
        for name in _LATIN_LETTERS
    }
    return max(counts, key=lambda name: counts[name])


def _is_hebrew(sample: bytes) -> bool:
    """Whether the bytes are Hebrew: no capitals, and none of the last Cyrillic letters."""
    letters = {byte for byte in sample if byte >= 0xC0}
    return bool(letters) and min(letters) >= 0xE0 and max(letters) <= 0xFA
