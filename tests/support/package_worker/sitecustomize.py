"""Makes a worker plan packages of segments, and die while it publishes, for tests of publication.

Python imports this at its start when its folder is on PYTHONPATH. A job with the label
`package=segments` leaves a playlist and segments of 0.2 s. With FFREMOTE_TEST_DIE the slot kills
itself, once, at that step; FFREMOTE_TEST_TAMPER puts something into the finished package.
"""

import functools
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ffremote import ffmpeg
from ffremote.ffmpeg import Member, OutputKind, Plan, PlannedOutput
from ffremote.ffmpeg.model.package_layout import ListFormat, PackageLayout, SegmentList
from ffremote.ffmpeg.running import produced
from ffremote.files import publication
from ffremote.jobs import claims

MEMBERS = (
    Member(r"list\.m3u8", "application/vnd.apple.mpegurl", most=1),
    Member(r"s[0-9]{5}\.ts", "video/mp2t"),
)
plan_as_shipped = ffmpeg.plan


def plan(spec: Any, *args: Any, attempt: str, **kwargs: Any) -> Plan:
    """Return the shipped plan, or that of a package."""
    shipped = plan_as_shipped(spec, *args, attempt=attempt, **kwargs)
    if (spec.labels or {}).get("package") != "segments":
        return shipped
    folder = f"{attempt}/package"
    argv = (
        *("-hide_banner", "-nostdin", "-nostats", "-v", "level+error", "-progress", "pipe:1"),
        *("-protocol_whitelist", "file", "-i", "file:input", "-c:v", "libx264", "-an"),
        *("-preset", "ultrafast", "-g", "5", "-f", "segment", "-segment_time", "0.2"),
        *("-segment_list", f"{folder}/list.m3u8", f"{folder}/s%05d.ts"),
    )
    segments = SegmentList(f"{folder}/list.m3u8", ListFormat.M3U8, MEMBERS[1].pattern)
    output = PlannedOutput(
        folder,
        replace(shipped.expected, streams=("video",)),  # as -an leaves it
        kind=OutputKind.PACKAGE,
        members=MEMBERS,
        layout=PackageLayout("segments", (segments,)),
    )
    passes = (replace(shipped.passes[0], argv=argv),)
    return replace(shipped, passes=passes, outputs=(output,), folders=(folder,))


def die_once(function: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """Return `function`, before or after which the process is killed, if it is the first to be."""

    @functools.wraps(function)
    def dying(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs) if after else None
        try:
            Path(os.environ["FFREMOTE_TEST_ONCE"]).touch(exist_ok=False)
        except FileExistsError:
            return result if after else function(*args, **kwargs)
        return os.kill(os.getpid(), signal.SIGKILL)

    return dying


STEPS: dict[str, tuple[Any, str, bool]] = {
    "before the files are moved": (publication, "_take", False),
    "when the files were moved": (publication, "_take", True),
    "when the files were hashed": (publication, "_measure", True),
    "before a file is synced": (publication, "sync", False),
    "before the job completes": (claims, "complete", False),
    "when the job has completed": (claims, "complete", True),
}


def tampered(files: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """Return `produced_files`, after which something else is in the place of a segment."""

    def found(plan: Plan, *args: Any, cwd: Path) -> Any:
        made = files(plan, *args, cwd=cwd)
        path = cwd / made[1].path
        path.unlink()
        TAMPERINGS[kind](path, cwd)
        return made

    return found


TAMPERINGS: dict[str, Callable[[Path, Path], object]] = {
    "a link to the input": lambda path, cwd: path.symlink_to(cwd / "input"),
    "a link to a file of the system": lambda path, _: path.symlink_to("/etc/passwd"),
    "a link to nothing": lambda path, _: path.symlink_to("nothing"),
    "a second name of the input": lambda path, cwd: path.hardlink_to(cwd / "input"),
    "a second name of the playlist": lambda path, _: path.hardlink_to(path.with_name("list.m3u8")),
    "a fifo": lambda path, _: os.mkfifo(path),
    "a directory": lambda path, _: path.mkdir(),
    "nothing": lambda _path, _cwd: None,
}

ffmpeg.plan = plan
if step := os.environ.get("FFREMOTE_TEST_DIE"):
    owner, name, after = STEPS[step]
    setattr(owner, name, die_once(getattr(owner, name), after=after))
if kind := os.environ.get("FFREMOTE_TEST_TAMPER"):
    ffmpeg.produced_files = tampered(produced.produced_files, kind)
