"""Where a storm happens: a small disk, and the clip that its clients send."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK_MB = 256


@contextmanager
def small_disk(path: Path) -> Iterator[bool]:
    """Mount a small file system at `path` if allowed; yield whether it is mounted."""
    path.mkdir(parents=True)
    argv = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(path)]
    mount = shutil.which("mount")
    mounted = (
        mount is not None
        and os.geteuid() == 0
        and subprocess.run(argv, capture_output=True, check=False).returncode == 0
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", path], check=False)


def make_film(home: Path, program: Path) -> Path:
    """Make a film of 2 s and some megabytes that FFmpeg can read while it arrives."""
    path = home / "film.mkv"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2,noise=alls=40:allf=t"]
    sound = ["-f", "lavfi", "-i", "sine=440:d=2"]
    codecs = ["-c:v", "mjpeg", "-q:v", "2", "-c:a", "pcm_s16le"]
    subprocess.run([program, "-v", "error", *picture, *sound, *codecs, path], check=True)
    return path


def make_clip(home: Path, program: Path) -> Path:
    """Make a clip of a second with picture and sound."""
    path = home / "clip.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1"]
    sound = ["-f", "lavfi", "-i", "sine=440:d=1"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([program, "-v", "error", *picture, *sound, *codecs, path], check=True)
    return path
