"""Hostile jobs and files for the roles of inputs.

`{secret}` stands for a file outside, `{media}` for a film there, `{port}` for a listening port.
"""

import struct
from typing import Any

from tests.support import side_files

LUT, FONT, TEXT = {"role": "lut"}, {"role": "font"}, {"role": "subtitle"}
TAGS = {"role": "metadata"}


def _filter(text: str, *inputs: dict[str, Any]) -> dict[str, Any]:
    return {"inputs": [{}, *inputs], "video": {"filters": [text]}}


def _graph(text: str, *inputs: dict[str, Any]) -> dict[str, Any]:
    return {"inputs": [{}, *inputs], "graph": text}


F0 = "video.filters[0]"
# each is refused with the field before it
JOBS: list[tuple[str, dict[str, Any]]] = [
    (F0, _filter("lut3d=file={secret}", LUT)),
    (F0, _filter("lut3d={secret}", LUT)),
    (F0, _filter("lut3d=input=1:file={secret}", LUT)),
    (F0, _filter("lut3d=input={secret}", LUT)),
    (F0, _filter("lut3d=input=1/../../../etc/passwd", LUT)),
    (F0, _filter("lut3d=input=file\\:1", LUT)),
    (F0, _filter("lut3d=input=-1", LUT)),
    (F0, _filter("lut3d=input=16", LUT)),
    (F0, _filter("lut3d=input=2", LUT)),
    (F0, _filter("lut3d=input=0", LUT)),
    (F0, _filter("lut3d=input=1", FONT)),
    (F0, _filter("lut3d=input=1", TEXT)),
    (F0, _filter("lut3d", LUT)),
    (F0, _filter("lut3d=input=1:input=1", LUT)),
    (F0, _filter("lut3d=input=1:interp=9", LUT)),
    (F0, _filter("lut1d=file={secret}", LUT)),
    (F0, _filter("lut1d=input=３", LUT)),
    (F0, _filter("lut1d", LUT)),
    (F0, _filter("drawtext=text=x:fontfile={secret}", FONT)),
    (F0, _filter("drawtext=text=x:fontfile=inputs/1/input", FONT)),
    (F0, _filter("drawtext=text=x:input=0", FONT)),
    (F0, _filter("drawtext=text=x:input=1", LUT)),
    (F0, _filter("drawtext=text=x:input=15", FONT)),
    (F0, _filter("drawtext=text=x:input=1:textfile={secret}", FONT)),
    (F0, _filter("haldclut", LUT)),
    (F0, _filter("movie=filename=inputs/1/input", LUT)),
    (F0, _filter("ass=filename=inputs/1/input", TEXT)),
    (F0, _filter("subtitles=inputs/1/input:fontsdir={secret}", TEXT)),
    (F0, {"input": {}, "video": {"filters": ["lut3d=input=0"]}}),
    ("graph", _graph("[0:v]lut3d=file={secret}", LUT)),
    ("graph", _graph("[0:v]lut3d=input=2", LUT)),
    ("graph", _graph("[0:v]lut3d=input=0", LUT)),
    ("graph", _graph("[0:v][1:v]haldclut", LUT)),
    ("graph", _graph("[1:v]hflip", FONT)),
    ("graph", _graph("[0:v]drawtext=text=x:fontfile={secret}", FONT)),
    ("streams[0]", {"inputs": [{}, FONT], "streams": ["1"]}),
    ("streams[1]", {"inputs": [{}, LUT], "streams": ["0:v", "1:v?"]}),
    ("streams[1]", {"inputs": [{}, LUT], "streams": ["0", "-1:t"]}),
    ("subtitles.input", {"inputs": [{}, LUT], "subtitles": {"mode": "burn", "input": 1}}),
    ("inputs[0].role", {"inputs": [FONT, LUT]}),
    ("input.role", {"input": LUT}),
    ("inputs[0].role", {"inputs": [LUT, {}]}),
    ("inputs[1].role", {"inputs": [{}, {"role": "lut\n-i"}]}),
    ("inputs[1].role", {"inputs": [{}, {"role": ["lut"]}]}),
    ("inputs[1].role", {"inputs": [{}, {"role": None, "x": 1}]}),
    ("inputs[1].loop", {"inputs": [{}, {**LUT, "loop": -1}]}),
    ("inputs[1].start", {"inputs": [{}, {**FONT, "start": 1}]}),
    ("concat", {"inputs": [{}, {}, LUT], "concat": "copy"}),
    ("concat", {"inputs": [{}, {}, TAGS], "concat": "copy"}),
    ("inputs[1].duration", {"inputs": [{}, {**TAGS, "duration": 1}]}),
    ("extra_args[0]", {"inputs": [{}, TAGS], "extra_args": ["-map_metadata", "2"]}),
    ("extra_args[1]", {"inputs": [{}, TAGS], "extra_args": ["-map_metadata", "16"]}),
    ("extra_args[1]", {"inputs": [{}, TAGS], "extra_args": ["-map_metadata", "1:g:/etc/passwd"]}),
    ("extra_args[1]", {"inputs": [{}, TAGS], "extra_args": ["-map_chapters", "1\n-attach"]}),
    ("extra_args[0]", {"inputs": [{}, LUT], "extra_args": ["-map_chapters", "1"]}),
]

_PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{media}\n#EXT-X-ENDLIST\n"
_DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet>'
    '<Representation id="1"><BaseURL>http://127.0.0.1:{port}/x</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
_TEXTS = [
    _PLAYLIST,
    "ffconcat version 1.0\nfile '{media}'\n",
    "ffconcat version 1.0\nfile ../0/input\n",
    _DASH,
    "[playlist]\nFile1={media}\n",
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n",
    "1\n00:00:01,000 --> 00:00:02,000\n{secret}\n",
]
_LUTS = [
    "LUT_3D_SIZE 2\n{secret}\n",
    "LUT_3D_SIZE 257\n" + "0 0 0\n" * 10,
    "LUT_3D_SIZE 2\n" + "nan nan nan\n" * 8,
    "LUT_3D_SIZE 2\n" + "1e99 0 0\n" * 8,
    "3DLUTSIZE 2\n0 0 0\n",
    "3DLUTSIZE 1000000\n" + "0 0 0\n" * 10,
    "in 16777216\nout 2\nvalues red green blue\n0 0 0\n",
    "CSPLUTV100\n3D\n2\n0 1\n0 1\n" * 2,
    "0 64 128 192\n" + "-1 -1 -1\n" * 4913,
    "# {secret}\n" * 60,
]
# the role, and a file that must not pass as one
FILES: list[tuple[str, bytes]] = [
    *(("lut", text.encode()) for text in (*_TEXTS, *_LUTS)),
    *(("font", text.encode()) for text in _TEXTS),
    *(("subtitle", text.encode()) for text in (*_TEXTS[:-1], *_LUTS[:1])),
    ("font", b"OTTO" + b"\xff" * 64),
    ("font", side_files.font(b"glyf", b"SVG ")),
    ("font", struct.pack(">4sIII", b"ttcf", 1, 1, 0)),
    ("lut", side_files.cube() + b"\0" * 99),
    *(("metadata", text.encode()) for text in _TEXTS),
    ("metadata", b";FFMETADATA1\n" + b"[CHAPTER]\n" * 5000),
]
