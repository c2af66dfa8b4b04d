"""Hostile packages: the field for which each is refused, and the job."""

from typing import Any

_SEGMENTS = {"type": "segments", "seconds": 2}
_HLS: dict[str, Any] = {"type": "hls"}
_LOW = {"height": 240}
_PICTURES = {"type": "pictures"}
_SPRITES = {"type": "sprites"}

PACKAGES: list[tuple[str, dict[str, Any]]] = [
    ("package.type", {"package": {"type": "tee"}}),
    ("package.type", {"package": {"type": "segments\n", "seconds": 2}}),
    ("package.type", {"package": {"type": ["segments"], "seconds": 2}}),
    # names and places of the caller's own
    ("package.filename", {"package": {**_SEGMENTS, "filename": "../../x%d.ts"}}),
    ("package.pattern", {"package": {**_PICTURES, "pattern": "/etc/cron.d/%d"}}),
    ("package.list_name", {"package": {**_SEGMENTS, "list_name": "http://127.0.0.1:{port}/"}}),
    ("package.list", {"package": {**_SEGMENTS, "list": "/etc/passwd"}}),
    ("package.list", {"package": {**_SEGMENTS, "list": "ffconcat"}}),
    ("package.digits", {"package": {**_PICTURES, "digits": "5d%n"}}),
    ("package.digits", {"package": {**_PICTURES, "digits": 10_000}}),
    ("package.start_number", {"package": {**_PICTURES, "start_number": -1}}),
    ("package.start_number", {"package": {**_PICTURES, "start_number": "1 -i /etc/passwd"}}),
    ("package.container", {"package": {**_SEGMENTS, "container": "tee"}}),
    ("package.container", {"package": {**_SEGMENTS, "container": "mp4:x=y"}}),
    ("package.container", {"package": {**_SEGMENTS, "container": "m3u8"}}),
    ("package.format", {"package": {**_PICTURES, "format": "svg"}}),
    ("package.format", {"package": {**_PICTURES, "format": "../png"}}),
    # endless
    ("package.seconds", {"package": {"type": "segments", "seconds": 0}}),
    ("package.seconds", {"package": {"type": "segments", "seconds": 1e-9}}),
    ("package.seconds", {"package": {"type": "segments", "seconds": "1*0"}}),
    ("package.seconds", {"package": {"type": "segments", "seconds": "nan"}}),
    ("package.times", {"package": {"type": "segments", "times": [1, 1]}}),
    ("package.times", {"package": {"type": "segments", "times": ["1,/etc/passwd"]}}),
    ("package.times", {"package": {"type": "segments", "times": [0.5] * 65}}),
    ("package.fps", {"package": {**_PICTURES, "fps": "1e9"}}),
    ("package.fps", {"package": {**_PICTURES, "fps": "1,movie=/etc/passwd"}}),
    ("package.every", {"package": {**_PICTURES, "every": 0}}),
    ("package.count", {"package": {**_PICTURES, "count": 10**9}}),
    # sprites
    ("package.index", {"package": {**_SPRITES, "index": "../../index.vtt"}}),
    ("package.width", {"package": {**_SPRITES, "width": "160,movie=/etc/passwd"}}),
    ("package.width", {"package": {**_SPRITES, "width": 100_000}}),
    ("package.height", {"package": {**_SPRITES, "height": -2}}),
    ("package.height", {"package": {**_SPRITES, "height": "ih*1e9"}}),
    ("package.columns", {"package": {**_SPRITES, "columns": 10**6}}),
    ("package.rows", {"package": {**_SPRITES, "rows": "5:nb_frames=1"}}),
    ("package.count", {"package": {**_SPRITES, "count": 10**9}}),
    ("package.every", {"package": {**_SPRITES, "every": 1e-9}}),
    ("package.format", {"package": {**_SPRITES, "format": "gif"}}),
    ("video.codec", {"package": _SPRITES, "video": {"codec": "copy"}}),
    ("extra_args[0]", {"package": _SPRITES, "extra_args": ["-update", "1"]}),
    # keys, URLs and names of a stream for players
    ("package.key", {"package": {**_HLS, "key": "http://127.0.0.1:{port}/key"}}),
    ("package.key_info_file", {"package": {**_HLS, "key_info_file": "{secret}"}}),
    ("package.base_url", {"package": {**_HLS, "base_url": "http://127.0.0.1:{port}/"}}),
    ("package.master", {"package": {**_HLS, "master": "../../index.m3u8"}}),
    ("package.utc_timing_url", {"package": {"type": "dash", "utc_timing_url": "http://x/"}}),
    ("extra_args[0]", {"package": {"type": "dash"}, "extra_args": ["-adaptation_sets", "id=0"]}),
    ("extra_args[0]", {"package": {"type": "dash"}, "extra_args": ["-hls_playlist", "1"]}),
    ("package.segment_type", {"package": {**_HLS, "segment_type": "fmp4 -hls_enc 1"}}),
    ("package.renditions", {"package": {**_HLS, "renditions": "1080"}}),
    ("package.renditions", {"package": {**_HLS, "renditions": [{"height": 240}] * 8}}),
    ("package.renditions[0].name", {"package": {**_HLS, "renditions": [{**_LOW, "name": "../x"}]}}),
    (
        "package.renditions[0].height",
        {"package": {**_HLS, "renditions": [{"height": "240,lavfi"}]}},
    ),
    ("package.renditions[0].height", {"package": {**_HLS, "renditions": [{"height": 10**9}]}}),
    ("package.renditions[0].width", {"package": {**_HLS, "renditions": [{**_LOW, "width": -2}]}}),
    (
        "package.renditions[0].bitrate",
        {"package": {**_HLS, "renditions": [{**_LOW, "bitrate": "1 -y"}]}},
    ),
    (
        "video.bitrate",
        {"package": {**_HLS, "renditions": [_LOW]}, "video": {"bitrate": "1M", "two_pass": True}},
    ),
    ("video.codec", {"package": {**_HLS, "renditions": [_LOW]}, "video": {"codec": "copy"}}),
    (
        "package.variants[0].streams[0]",
        {"package": {**_HLS, "variants": [{"streams": ["v:0,name:../x"]}]}},
    ),
    ("package.variants[0].streams[0]", {"package": {**_HLS, "variants": [{"streams": ["s:0"]}]}}),
    ("package.variants[0].streams[0]", {"package": {**_HLS, "variants": [{"streams": ["v:9"]}]}}),
    ("package.variants[0].name", {"package": {**_HLS, "variants": [{"name": "../x"}]}}),
    ("package.variants", {"package": {**_HLS, "variants": [{}] * 9}}),
    (
        "package.variants[1].streams[0]",
        {"package": {**_HLS, "variants": [{"streams": ["v:0"]}, {"streams": ["v:0"]}]}},
    ),
    (
        "package.variants[0].audio_group",
        {"package": {**_HLS, "variants": [{"streams": ["a:0"], "audio_group": "x name:y"}]}},
    ),
    (
        "package.variants[0].language",
        {"package": {**_HLS, "variants": [{"streams": ["a:0"], "language": 'a",URI="x'}]}},
    ),
    ("package.key_frames", {"package": {**_HLS, "key_frames": "1 -y"}}),
    ("extra_args[0]", {"package": _HLS, "extra_args": ["-hls_key_info_file", "{secret}"]}),
    (
        "extra_args[0]",
        {"package": _HLS, "extra_args": ["-hls_base_url", "http://127.0.0.1:{port}/"]},
    ),
    ("extra_args[0]", {"package": _HLS, "extra_args": ["-method", "PUT"]}),
    ("extra_args[0]", {"package": _HLS, "extra_args": ["-var_stream_map", "v:0,name:../x"]}),
    ("extra_args[0]", {"package": _HLS, "extra_args": ["-mpegts_flags", "resend_headers"]}),
    # muxers that FFmpeg would choose for itself
    ("extra_args[0]", {"package": _SEGMENTS, "extra_args": ["-segment_list", "/etc/x"]}),
    ("extra_args[0]", {"package": _SEGMENTS, "extra_args": ["-segment_format_options", "a=b"]}),
    ("extra_args[0]", {"package": _SEGMENTS, "extra_args": ["-strftime", "1"]}),
    ("extra_args[0]", {"package": _PICTURES, "extra_args": ["-update", "1"]}),
    ("extra_args[0]", {"package": _PICTURES, "extra_args": ["-movflags", "+faststart"]}),
    ("extra_args[0]", {"package": _PICTURES, "extra_args": ["-export_path_metadata", "1"]}),
    ("extra_args[0]", {"package": _SEGMENTS, "extra_args": ["-f", "hls"]}),
    ("extra_args[0]", {"package": _SEGMENTS, "extra_args": ["-timecode", "00:00:00:00"]}),
]
