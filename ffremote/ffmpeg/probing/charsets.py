"""The charset of a text subtitle file, guessed from its bytes."""

from pathlib import Path

from charset_normalizer import from_bytes

TEXT_FORMATS = frozenset({"srt", "ass", "webvtt"})
MAX_BYTES = 4 << 20
_MAX_SAMPLE = 1 << 16
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # FFmpeg reads these by itself
# charset-normalizer's name, and FFmpeg's (iconv's)
_CANDIDATES = {
    **{f"cp125{n}": f"CP125{n}" for n in range(7)},
    "koi8_r": "KOI8-R",
    "cp932": "CP932",
    "gb18030": "GB18030",
    "big5": "BIG5",
    "cp949": "CP949",
}
# what is common in each; the same bytes are letters in all three
_LATIN = {
    "cp1252": "äöüÄÖÜßéèêëàâçîïôûùœáíóúñ¿¡ãõåæøÅÆØìòÉÀÈÇÓÁÍÚÑ",
    "cp1250": "ąćęłńóśźżĄĆĘŁÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűöüÖÜŐŰăâîşţđĐ",
    "cp1254": "ğışçöüİŞÇÖÜĞâîû",
}


def guess_charset(path: Path) -> str | None:
    """Return iconv's name of the charset, or None for UTF-8 and what FFmpeg knows by its mark."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES)
    if data.startswith(_MARKS) or _is_utf8(data):
        return None
    lines = [line for line in data.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_MAX_SAMPLE]
    best = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    found = best.encoding if best is not None else "cp1252"
    if found in _LATIN:
        found = _latin(sample)
    elif found == "cp1251" and _is_hebrew(sample):
        found = "cp1255"
    return _CANDIDATES[found]


def _is_utf8(data: bytes) -> bool:
    """Whether all of it is UTF-8; the bound may cut its last letter."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as exc:
        return len(data) == MAX_BYTES and exc.start >= len(data) - 3
    return True


def _latin(sample: bytes) -> str:
    """Tell western, central European and Turkish letters apart, the western ones if in doubt."""
    western = sample.decode("cp1252", "replace")
    if "õ" in western and not set("ãä") & set(western):
        return "cp1250"  # the Hungarian ő
    known = {name: set(letters) for name, letters in _LATIN.items()}
    counts = {
        name: sum(letter in known[name] for letter in sample.decode(name, "replace"))
        for name in _LATIN
    }
    return max(counts, key=lambda name: counts[name])


def _is_hebrew(sample: bytes) -> bool:
    """Hebrew has no capitals, and none of the last Cyrillic letters."""
    letters = {byte for byte in sample if byte >= 0xC0}
    return bool(letters) and min(letters) >= 0xE0 and max(letters) <= 0xFA
