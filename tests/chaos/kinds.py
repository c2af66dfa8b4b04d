"""The jobs of a storm by kind: one file, several, packages, reports; and how often each comes."""

import random
from typing import Any

COPY = {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}
FAST = {"codec": "libx264", "preset": "ultrafast", "scale": "160:-2"}
KINDS: dict[str, dict[str, Any]] = {
    "copy": {"output_filename": "a.mkv", **COPY},
    "join": {"output_filename": "a.mkv", "inputs": [{}, {}], "streams": ["0:v", "1:a"], **COPY},
    "several": {
        "outputs": [
            {"output_filename": "a.mkv", **COPY},
            {"output_filename": "b.mka", "video": False, "audio": {"codec": "copy"}},
        ],
    },
    "encode": {
        "output_filename": "a.mp4",
        "video": FAST,
        "audio": {"codec": "aac", "bitrate": "64k"},
    },
    "slow": {
        "output_filename": "a.mp4",
        "video": {"codec": "libx264", "preset": "veryslow", "scale": "960:540", "fps": 30},
    },
    "pictures": {
        "output_filename": "a.zip",
        "video": {"scale": "64:-2"},
        "package": {"type": "pictures", "quality": 5},
    },
    "segments": {
        "output_filename": "a.zip",
        "video": FAST,
        "package": {"type": "segments", "seconds": 0.1, "container": "mkv", "list": "csv"},
    },
    "hls": {
        "output_filename": "a.zip",
        "video": {"codec": "libx264", "preset": "ultrafast"},
        "package": {"type": "hls", "seconds": 1, "renditions": [{"height": 90}, {"height": 36}]},
    },
    "mixed": {
        "outputs": [
            {"output_filename": "a.mkv", **COPY},
            {"output_filename": "b.zip", "package": {"type": "sprites", "every": 0.1}},
            {"output_filename": "c.txt", "container": "null", "audio": {"filters": ["ebur128"]}},
        ],
    },
    "report": {
        "output_filename": "a.txt",
        "container": "null",
        "video": False,
        "audio": {"filters": ["volumedetect"]},
    },
}
_WEIGHTS = {"copy": 3, "join": 2, "several": 2, "encode": 3, "slow": 3}
_WEIGHTS |= dict.fromkeys(("pictures", "segments", "hls", "mixed"), 2)


def drawn(draw: random.Random) -> dict[str, Any]:
    """Return a job of a kind that is drawn."""
    kinds = list(KINDS)
    [kind] = draw.choices(kinds, [_WEIGHTS.get(kind, 1) for kind in kinds])
    return KINDS[kind]
