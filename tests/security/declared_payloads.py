"""Hostile declarations of an input, each with the field that must be named."""

from typing import Any

RAW: dict[str, Any] = {"format": "rawvideo", "size": "16x16"}
PCM: dict[str, Any] = {"format": "s16le"}

DECLARED: list[tuple[str, dict[str, Any]]] = [
    *[
        ("input.format", {"format": name})
        for name in (
            *("hls", "concat", "ffconcat", "dash", "lavfi", "image2", "image2pipe", "sdp", "rtsp"),
            *("imf", "ffmetadata", "mov", "data", "bin", "tedcaptions", "alsa", "x11grab", "fbdev"),
            *("s16le,hls", "s16le -i /etc/passwd", "S16LE", "s16le\n", "", "rawvideo:x", "../h264"),
        )
    ],
    ("input.format", {"format": ["s16le"]}),
    ("input.format", {"format": RAW["format"]}),
    *[
        ("input.size", {**RAW, "size": size})
        for size in (
            *("iw*2x16", "16:16", "16", "0x16", "16x0", "-16x16", "1e9x1", "16x16x16", "hd1080"),
            *("١٦x16", "16x16\n", " 16x16", "999999x1", "16x16,format=gray", "$(id)x1"),
        )
    ],
    ("input.size", {**RAW, "size": [16, 16]}),
    ("job", {**RAW, "size": "99999x99999"}),
    ("job", {**RAW, "size": "65536x65536", "pix_fmt": "gray"}),
    *[
        ("input.pix_fmt", {**RAW, "pix_fmt": name})
        for name in (
            *("pal8", "vaapi", "cuda", "drm_prime", "yuv420p:x", "yuv420p -i x", "YUV420P", "-1"),
            *("xyz12le", "yuv420p\n", "vulkan", ""),
        )
    ],
    ("input.fps", {**RAW, "fps": 1e9}),
    ("input.fps", {**RAW, "fps": "1/0"}),
    ("input.fps", {**RAW, "fps": "25 -i x"}),
    ("input.sample_rate", {**PCM, "sample_rate": 1}),
    ("input.sample_rate", {**PCM, "sample_rate": 2_000_000_000}),
    ("input.sample_rate", {**PCM, "sample_rate": "44100 -i x"}),
    ("input.sample_rate", {"sample_rate": 44100}),
    ("input.channels", {**PCM, "channels": 0}),
    ("input.channels", {**PCM, "channels": 4096}),
    ("input.channels", {**PCM, "channels": "2c|x"}),
    ("input.charset", {**PCM, "charset": "UTF-8"}),
    *[
        (f"input.excerpt{key}", {"excerpt": {"size": size, "parts": parts}})
        for key, size, parts in (
            (".size", 2**60, [[0, 65536]]),
            (".size", -1, [[0, 65536]]),
            (".size", 0, [[0, 65536]]),
            (".size", "1G", [[0, 65536]]),
            (".size", 1e9, [[0, 65536]]),
            (".parts", 10**9, []),
            (".parts", 10**9, [[0, 65536]] * 5000),
            (".parts", 10**9, {"0": 65536}),
            (".parts[0]", 10**9, [[0]]),
            (".parts[0]", 10**9, [[0, 65536, 1]]),
            (".parts[0]", 10**9, [0, 65536]),
            (".parts[0][0]", 10**9, [[-65536, 131072]]),
            (".parts[0][1]", 10**9, [[0, -1]]),
            (".parts[0][1]", 10**9, [[0, 2**63]]),
            (".parts[0][1]", 10**9, [[0, 0.5]]),
            (".parts[0][1]", 10**9, [[0, True]]),
            ("", 10**9, [[0, 0]]),
            ("", 10**9, [[0, 65535]]),
            ("", 10**9, [[65536, 65536]]),
            ("", 10**9, [[0, 131072], [65536, 65536]]),
            ("", 10**9, [[0, 65536], [0, 65536]]),
            ("", 10**9, [[0, 65536], [10**9 - 10**9 % 65536, 65536]]),
            ("", 10**9, [[0, 65536], [131072, 1]]),
            ("", 10**10, [[0, 2**28], [2**29, 65536]]),
            ("", 10, [[0, 65536]]),
            ("", 10, [[0, 10]]),  # in a job that makes something of it
        )
    ],
    ("input.excerpt.to", {"excerpt": {"size": 10, "parts": [[0, 10]], "to": "/etc/passwd"}}),
    *[
        ("input.decoder", {"decoder": name})
        for name in (
            *("magicyuv", "xbin", "ansi", "vnull", "h264_cuvid", "libx264", "copy", "nosuch"),
            *("h264 -i x", "h264,hevc", "H264", "-i", "", "../h264", "h264\n"),
        )
    ],
    ("input.decoder", {"decoder": []}),
    ("input.decoder", {"decoder": ["h264"] * 5}),
    ("input.decoder", {"decoder": ["h264", "magicyuv"]}),
    ("input.decoder", {"decoder": {"v": "h264"}}),
    *[
        ("input.charset", {"charset": name})
        for name in (
            "../../tmp/evil",
            "UTF-7",
            "UTF-8//TRANSLIT",
            "CP1251:x",
            "x",
            "",
            "CP１２５１",
        )
    ],
    ("input.probe", {"probe": "100M"}),
    ("input.probe.bytes", {"probe": {"bytes": 10**12}}),
    ("input.probe.bytes", {"probe": {"bytes": 0}}),
    ("input.probe.bytes", {"probe": {"bytes": "1M -i x"}}),
    ("input.probe.seconds", {"probe": {"seconds": 1e9}}),
    ("input.probe.seconds", {"probe": {"seconds": -1}}),
    ("input.probe.x", {"probe": {"x": 1}}),
    ("input.rotate", {"rotate": 90}),
    ("input.rotate", {"rotate": "keep -i x"}),
    ("input.stretch", {"stretch": 0}),
    ("input.stretch", {"stretch": -1}),
    ("input.stretch", {"stretch": 1e9}),
    ("input.stretch", {"stretch": "2 -i x"}),
]

NOISE: list[tuple[str, dict[str, Any]]] = [
    ("hls file", PCM),
    ("hls secret", {"format": "u8"}),
    ("hls relative", {"format": "mulaw"}),
    ("hls http", {**RAW, "pix_fmt": "gray", "size": "4x4"}),
    ("hls concat", {**RAW, "pix_fmt": "rgb24", "size": "2x2"}),
    ("hls key", {"format": "f64le"}),
    ("hls behind ID3", {"format": "mp3"}),
    ("hls with BOM", {"format": "h264"}),
    ("hls master", {"format": "mjpeg"}),
    ("ffconcat absolute", {"format": "aac"}),
    ("ffconcat sibling", {"format": "s8"}),
    ("ffconcat url", {"format": "flac"}),
    ("ffconcat options", {"format": "dts"}),
]
"""Crafted inputs (by their names in `crafted`) that the job declares as something else."""
