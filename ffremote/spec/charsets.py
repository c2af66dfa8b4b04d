"""The charsets of subtitle files by the names that FFmpeg's iconv knows."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_NAMES = """
    UTF-8
    CP1250 CP1251 CP1252 CP1253 CP1254 CP1255 CP1256 CP1257 CP1258
    CP437 CP850 CP852 CP855 CP857 CP862 CP866 CP874
    ISO-8859-1 ISO-8859-2 ISO-8859-3 ISO-8859-4 ISO-8859-5 ISO-8859-6 ISO-8859-7 ISO-8859-8
    ISO-8859-9 ISO-8859-10 ISO-8859-13 ISO-8859-14 ISO-8859-15 ISO-8859-16
    KOI8-R KOI8-U MACINTOSH
    CP932 EUC-JP GBK GB18030 BIG5 CP949 EUC-KR TIS-620"""
CHARSETS = tuple(_NAMES.split())
_ALIASES = {
    "ASCII": "UTF-8",
    "USASCII": "UTF-8",
    "LATIN1": "ISO-8859-1",
    "LATIN2": "ISO-8859-2",
    "LATIN5": "ISO-8859-9",
    "LATIN9": "ISO-8859-15",
    "SJIS": "CP932",
    "SHIFTJIS": "CP932",
    "MSKANJI": "CP932",
    "GB2312": "GBK",
    "CP936": "GBK",
    "CP950": "BIG5",
    "UHC": "CP949",
    "MACROMAN": "MACINTOSH",
}
_SEPARATORS = re.compile(r"[-_ ]")


def _key(name: str) -> str:
    """Return a name without what its spellings differ by: `windows-1251` and `cp1251` are one."""
    key = _SEPARATORS.sub("", name.upper())
    return f"CP{key[7:]}" if key.startswith("WINDOWS") else key


_BY_KEY = {_key(name): name for name in CHARSETS} | _ALIASES


def _charset(value: Any) -> str:
    known = _BY_KEY.get(_key(value)) if isinstance(value, str) and value.isascii() else None
    if known is None:
        raise ValueError(f"a charset is one of {', '.join(CHARSETS)}")
    return known


Charset = Annotated[
    str,
    BeforeValidator(_charset),
    WithJsonSchema({"type": "string", "enum": list(CHARSETS)}),
]
"""One of `CHARSETS`, in any usual spelling."""
