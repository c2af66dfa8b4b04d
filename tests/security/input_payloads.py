"""Hostile inputs of a job: scripts that name their neighbours, and values of the inputs' fields.

`{secret}` is a file to read, `{media}` a film, `{port}` a port, `{other}` the number of the other
input.
"""

from typing import Any

_PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n"

SCRIPTS: dict[str, str] = {
    "ffconcat": "ffconcat version 1.0\nfile ../{other}/input\nfile '{secret}'\n",
    "ffconcat, hidden": "ffconcat version 1.0\n#\x01\nfile ../{other}/input\nfile input\n",
    "ffconcat of the job": "ffconcat version 1.0\nfile ../../try1/list\nfile ../../try1/part0\n",
    "HLS of a neighbour": _PLAYLIST.replace("{0}", "../{other}/input"),
    "HLS of a secret": _PLAYLIST.replace("{0}", "file://{secret}"),
    "HLS of a URL": _PLAYLIST.replace("{0}", "http://127.0.0.1:{port}/x.ts"),
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "PLS": "[playlist]\nFile1=../{other}/input\nFile2=file://{secret}\nNumberOfEntries=2\n",
    "cue sheet": 'FILE "../{other}/input" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
    "DASH": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"'
    ' mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="9"><BaseURL>file://{media}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
    "concat:": "concat:../{other}/input|{secret}\n",
    "lavfi": "movie=filename=../{other}/input\n",
    "pattern": "../{other}/%03d.png\n",
    "AviSynth": 'AVISource("../{other}/input")\nImport("{secret}")\n',
}
"""Uploads that are a script; each as media at both places, joined, and in every other role."""
DISGUISES: dict[str, bytes] = {
    "subtitle": b"1\n00:00:00,000 --> 00:00:00,500\nx\n\n",
    "font": b"\x00\x01\x00\x00\x00\x01\x00\x00",
    "lut": b"LUT_3D_SIZE 2\n",
}
"""What the first bytes of a role have to be, before the script."""

FIELDS: list[tuple[str, Any]] = [
    *(("inputs", value) for value in ({}, "x", [], [[]], [None], [1], ["{secret}"], [{}] * 17)),
    *(
        ("inputs", [{}, {key: "{secret}"}])
        for key in ("file", "path", "url", "name", "demuxer", "protocol_whitelist", "i", "")
    ),
    *(
        ("inputs", [{}, {"role": value}])
        for value in ("playlist", "{secret}", "MEDIA", 1, ["font"], "font\n")
    ),
    *(
        ("inputs", [{}, {"upload_id": value}])
        for value in ("../x", "{secret}", "..", "a" * 65, 1, ["a"], "", "0/../../1")
    ),
    *(
        ("inputs", [{}, {key: value}])
        for key in ("start", "end", "duration", "end_offset")
        for value in ("nan", "inf", -1, 1e300, "1;movie={secret}", "$(id)", [1], "0:00:{secret}")
    ),
    *(("inputs", [{}, {"offset": value}]) for value in ("x", 1e9, -1e9, "1;-i {secret}", [0])),
    *(("inputs", [{}, {"loop": value}]) for value in (-2, 1001, 1.5, True, "inf", "-1")),
    *(
        ("inputs", [{}, {"fps": value}])
        for value in ("1/0", "0", 0, "1e9", -1, "25 -i {secret}", "nan", "٢٥")
    ),
    *(
        ("subtitles", {"mode": "burn", "input": value})
        for value in (-1, 2, 16, 1.5, "1", "0:s", "{secret}", "file:{secret}", [1], True, {"n": 1})
    ),
    *(
        ("subtitles", {"mode": mode, "input": 9, "track": track})
        for mode in ("copy", "convert", "drop", "burn")
        for track in (0, "{secret}")
    ),
    *(
        ("streams", [text])
        for text in (
            *("[v", "v]", "[v]]", "1:v;0:a", "99:v", "2:v", "1:{secret}", "file:{secret}"),
            *("-1:v\n", "1:v:-1", "1:v:99999999999", "١:v", "1:#0x1", "1:i:1", "+1:v", "1:v:0:0"),
            *("1 :v", "1:v -i {secret}", "[{secret}]", "[0:v]", "@{secret}", "1:v?/x"),
        )
    ),
    *(
        ("extra_args", words)
        for words in (
            *(["-ss", "{secret}"], ["-t", "nan"], ["-to", "inf"], ["-t", "-1"], ["-t", "1e400"]),
            *(["-ss", "1;x"], ["-itsoffset", "1"], ["-sseof", "-1"], ["-stream_loop", "-1"]),
            *(["-timestamp", "{secret}"], ["-map", "[{secret}]"], ["-map", "[v"], ["-map", "99:v"]),
            *(["-map", "file:{secret}"], ["-map_metadata", "{secret}"], ["-map_metadata", "99"]),
            *(["-map_chapters", "99"], ["-attach", "{secret}"], ["-dump_attachment:t", "x"]),
            *(["-f", "concat"], ["-safe", "0"], ["-i", "{secret}"]),
            *(["-filter_complex", "movie={secret}"], ["-filter_complex_script", "{secret}"]),
            *(["-/filter_complex", "{secret}"], ["-lavfi", "movie={secret}"], ["-re"]),
            *(["-protocol_whitelist", "file,http"], ["-format_whitelist", "concat"]),
            *(
                ["-segment_list", "{secret}"],
                ["-hls_key_info_file", "{secret}"],
                ["-init_hw_device"],
            ),
        )
    ),
]
"""A field of a job with two inputs, and a value for which the job is refused."""
