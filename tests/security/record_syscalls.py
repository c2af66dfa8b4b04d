"""Records the system calls of FFmpeg with strace: `python -m tests.security.record_syscalls`.

Encodes with every encoder that works here, reads the results back with ffprobe, and burns
subtitles, with each FFmpeg found; the names go into `tables/syscalls.json` under `used`.
"""

import json
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg import binaries
from ffremote.ffmpeg.discovery import trials
from ffremote.ffmpeg.policy.tables import table

_CALL = re.compile(r"^(?:\d+ +)?([a-z0-9_]+)\(", re.MULTILINE)
_NAMES = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
_TABLE = Path(ffmpeg.__file__).parent / "policy" / "tables" / "syscalls.json"
SUBTITLES = "1\n00:00:00,000 --> 00:00:01,000\nwords\n"


def calls_of(command: list[str], directory: Path) -> set[str]:
    """Run a command under strace; return the calls that it made."""
    traced = directory / "trace"
    strace = ["strace", "-f", "-qq", "-e", "signal=none", "-o", str(traced)]
    subprocess.run(
        [*strace, *command],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return set(_CALL.findall(traced.read_text("utf-8", "replace")))


def commands(found: ffmpeg.Binaries) -> list[list[str]]:
    """Return the commands: each encoder by itself, whole jobs, and ffprobe on their results."""
    able = ffmpeg.read_capabilities(found)
    work = [
        [str(found.ffmpeg), *trials._arguments(able, [name])]
        for name in able.working_encoders
        if trials._kind(able, name) and not name.endswith(("_nvenc", "_qsv", "_vaapi", "_amf"))
    ]
    source = ["-y", "-f", "lavfi", "-i", "testsrc2=s=160x120:d=1", "-f", "lavfi", "-i", "sine=d=1"]
    for name in ("a.mp4", "a.mkv", "a.webm", "a.ts", "a.gif", "a.png", "a.flac", "a.ogg"):
        flags = ["-movflags", "+faststart"] if name == "a.mp4" else []
        work += [[str(found.ffmpeg), *source, *flags, "-t", "0.4", name]]
        work += [[str(found.ffprobe), "-show_streams", name]]
    work += [[str(found.ffmpeg), "-y", "-i", "a.srt", "a.ass"]]
    work += [[str(found.ffmpeg), *source, "-vf", "ass=a.ass", "-t", "0.4", "b.mkv"]]
    return work


def main() -> None:
    """Record the calls and rewrite the table."""
    numbers = {n: int(i) for n, i in re.findall(r"__NR_(\w+) (\d+)", _NAMES.read_text())}
    seen: set[str] = set()
    pairs = [ffmpeg.locate(Settings()), binaries.embedded()]
    for found in {each.ffmpeg: each for each in pairs if each is not None}.values():
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "a.srt").write_text(SUBTITLES)
            for command in commands(found):
                seen |= calls_of(command, Path(name))
    known = table("syscalls")
    machine = platform.machine()
    known[machine]["used"] = {name: numbers[name] for name in sorted(seen & numbers.keys())}
    rows = [
        f' "{name}": {{\n'
        + ",\n".join(f'  "{k}": {json.dumps(v)}' for k, v in row.items())
        + "\n }"
        for name, row in known.items()
    ]
    _TABLE.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
    print(f"{len(known[machine]['used'])} calls", file=sys.stderr)


if __name__ == "__main__":
    main()
