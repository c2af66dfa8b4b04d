"""What is seen and heard in a result: the colour at a place, the strength of a tone."""

import array
import math
import subprocess
import sys
from pathlib import Path

from ffremote import ffmpeg

RATE = 8000


def colour_at(build: ffmpeg.Binaries, path: Path, seconds: float, x: int, y: int) -> str:
    """Return the name of the colour of a pixel: its red, green and blue are each on or off."""
    crop = f"crop=2:2:{x}:{y}:exact=1"
    picture = ["-vf", f"format=rgb24,{crop}", "-frames:v", "1", "-f", "rawvideo"]
    red, green, blue = _decoded(build, path, ["-ss", str(seconds)], picture)[:3]
    names = {0: "black", 1: "blue", 2: "green", 4: "red", 5: "magenta", 6: "yellow", 7: "white"}
    return names[(red > 96) * 4 + (green > 96) * 2 + (blue > 96)]


def tone(build: ffmpeg.Binaries, path: Path, hertz: float, seconds: float = 0.5) -> float:
    """Return the amplitude of a tone, from 0 to 1, in the half second from `seconds` on."""
    sound = ["-map", "0:a:0", "-ac", "1", "-ar", str(RATE), "-f", "s16le"]
    samples = array.array("h", _decoded(build, path, ["-ss", str(seconds)], sound))
    if sys.byteorder == "big":
        samples.byteswap()
    heard = samples[: RATE // 2]
    turn = 2 * math.pi * hertz / RATE
    across = sum(each * math.cos(turn * n) for n, each in enumerate(heard))
    along = sum(each * math.sin(turn * n) for n, each in enumerate(heard))
    return 2 * math.hypot(across, along) / len(heard) / 32768


def _decoded(build: ffmpeg.Binaries, path: Path, before: list[str], after: list[str]) -> bytes:
    argv = [build.ffmpeg, "-v", "error", *before, "-i", path, *after, "-"]
    return subprocess.run(argv, check=True, capture_output=True, stdin=subprocess.DEVNULL).stdout
