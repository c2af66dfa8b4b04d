"""Hostile inputs for a command whose only allowed protocol is `pipe`: they name pipes."""

_PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n"
_CONCAT = "ffconcat version 1.0\nfile {0}\nfile pipe:0\n"
_DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"'
    ' mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="9"><BaseURL>{0}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
_CUE = 'FILE "{0}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'
_SDP = (
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={0}\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:{0}\n"
)
_OTHERS = ("pipe:0", "pipe:1", "pipe:3", "pipe:", "fd:0", "/proc/self/fd/0", "/dev/stdin")

NAMED: dict[str, str] = {
    f"{kind} of {other}": text.replace("{0}", other)
    for other in _OTHERS
    for kind, text in {
        "HLS": _PLAYLIST,
        "ffconcat": _CONCAT,
        "DASH": _DASH,
        "cue sheet": _CUE,
        "SDP": _SDP,
    }.items()
}
