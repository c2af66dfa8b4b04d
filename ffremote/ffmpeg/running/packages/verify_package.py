"""Verifies a package: its lists name its files and nothing else, and these can be read."""

import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ffremote.files.publication import ProducedFile
from ffremote.states import Phase

from ...model.failure import TranscodeError
from ...model.media_info import MediaInfo
from ...model.package_layout import ListFormat, PackageLayout, SegmentList, SpriteGrid
from ...model.planned_output import PlannedOutput
from ...model.report import OnProgress
from ...probing.probe import probe
from ...process.evidence import Evidence
from ...runtime import Runtime
from ..produced import members_of
from ..refusals import refuse_over_limit, truncated
from .lists import check_master, read_list, strange
from .manifest import read_manifest
from .sprite_index import length_of, write_index

_READABLE = 0.2  # seconds; the last segment may be a single packet, which no demuxer recognizes


@dataclass(frozen=True, slots=True)
class VerifiedPackage:
    """What a package contains as if it were one file, and the seconds of its files by name."""

    info: MediaInfo
    lengths: Mapping[str, float] = field(default_factory=dict)


def verify_package(
    runtime: Runtime,
    output: PlannedOutput,
    evidence: Evidence,
    *,
    cwd: Path,
    on_progress: OnProgress,
) -> VerifiedPackage:
    """Return what a package contains; `check_complete` compares it with the plan.

    Raise TranscodeError for files that are missing, unexpected or unreadable, and for a list that
    names others than those of the package.
    """
    assert output.layout is not None
    check = _Check(runtime, output, output.layout, cwd, on_progress)
    if output.layout.sprites is not None:
        return check.sprites(output.layout.sprites, evidence)
    files = members_of(output, runtime.limits, cwd=cwd)
    if output.layout.type == "pictures":
        return check.pictures(files, evidence)
    package = check.segments(files)
    _check_streams(output, evidence, package.info)
    return package


@dataclass(frozen=True, slots=True)
class _Check:
    runtime: Runtime
    output: PlannedOutput
    layout: PackageLayout
    cwd: Path
    on_progress: OnProgress

    def sprites(self, grid: SpriteGrid, evidence: Evidence) -> VerifiedPackage:
        """Check the sheets as pictures, and write the index that names them."""
        sheets = replace(self.output, members=self.output.members[1:])  # the index is not there yet
        files = members_of(sheets, self.runtime.limits, cwd=self.cwd)
        made = self.pictures(files, evidence).info
        shown, count = made.of_kind("video")[0], evidence.pictures.get(grid.number, 0)
        write_index(
            self.cwd / self.output.path,
            grid,
            [each.name for each in files],
            pictures=count,
            size=(shown.width or 0, shown.height or 0),
        )
        return VerifiedPackage(replace(made, duration=length_of(count, grid.every, grid.seconds)))

    def pictures(self, files: Sequence[ProducedFile], evidence: Evidence) -> VerifiedPackage:
        """Check that the numbers have no gap, and as many pictures as FFmpeg wrote."""
        numbers = [int(re.findall(r"[0-9]+", each.name)[-1]) for each in files]
        first = self.layout.first_number
        written = evidence.written.get(0)
        count = len(files) if written is None else written.packets
        if numbers != list(range(first, first + count)):
            raise truncated(f"FFmpeg wrote {count} pictures, of which {len(files)} are there.")
        infos = [self._probe(path) for path in _ends([each.path for each in files])]
        if any(not info.of_kind("video") for info in infos):
            raise truncated("The first or the last picture cannot be read.")
        rate = self.layout.rate
        claimed = self.output.expected.duration
        seconds = None if rate is None else length_of(len(files), 1 / rate, claimed)
        return VerifiedPackage(replace(infos[0], format="image2", duration=seconds, bytes=None))

    def segments(self, files: Sequence[ProducedFile]) -> VerifiedPackage:
        """Check each list against the segments, and read the first and the last of them."""
        lengths: dict[str, float] = {}
        infos: list[MediaInfo] = []
        if self.layout.master is not None:
            path = self.cwd / self.output.path / self.layout.master.name
            check_master(path, self.layout.master.playlists)
        for each in self.layout.lists:
            names = [file.name for file in files if re.fullmatch(each.segments, file.name)]
            listed = _listed(self.cwd, each, names)
            refuse_over_limit(sum(listed.values()), self.runtime.limits)
            lengths |= listed
            long = [name for name in names if listed[name] >= _READABLE] or names[:1]
            infos.append(self._whole(long, sum(listed.values()), each.init))
        streams = [stream for info in infos for stream in info.streams]
        return VerifiedPackage(
            replace(
                infos[0],
                format=self.layout.type if self.layout.type != "segments" else infos[0].format,
                duration=max(info.duration or 0.0 for info in infos),
                streams=tuple(replace(each, index=n) for n, each in enumerate(streams)),
            ),
            lengths,
        )

    def _whole(self, names: Sequence[str], seconds: float, init: str | None) -> MediaInfo:
        """Return what segments contain as one file of this length."""
        first, *last = [f"{self.output.path}/{name}" for name in _ends(names)]
        info = self._probe(self._with_head(first, init))
        for path in last:
            other = self._probe(self._with_head(path, init), info.format.partition(",")[0])
            if len(other.streams) > len(info.streams):  # sound may begin late, or end early
                info = other
        streams = tuple(
            replace(stream, duration=seconds, start=None, tags=_without_length(stream.tags))
            for stream in info.streams
        )
        return replace(
            info, duration=seconds, start=None, declared=None, bytes=None, streams=streams
        )

    def _with_head(self, path: str, init: str | None) -> str:
        """Return the path of a segment, or of a copy of it behind its head."""
        if init is None:
            return path
        copy = f"{self.output.path.rpartition('/')[0]}/checked.mp4"
        with (self.cwd / copy).open("wb") as target:
            for part in (f"{self.output.path}/{init}", path):
                with (self.cwd / part).open("rb") as source:
                    shutil.copyfileobj(source, target, 1 << 20)
        return copy

    def _probe(self, path: str, demuxer: str | None = None) -> MediaInfo:
        try:
            return probe(
                self.runtime,
                self.cwd,
                path,
                on_progress=self.on_progress,
                phase=Phase.VERIFYING,
                demuxer=self.output.demuxer or demuxer,
            )
        except TranscodeError as exc:
            name = path.rpartition("/")[2]
            raise truncated(f"The file {name!r} cannot be read: {exc.failure.message}") from exc


def _check_streams(output: PlannedOutput, evidence: Evidence, info: MediaInfo) -> None:
    """Raise TranscodeError unless the segments have the streams of the plan.

    Segments that are files by themselves lack a stream where it has nothing; there it is enough
    that FFmpeg wrote it.
    """
    assert output.layout is not None
    found = Counter(stream.kind for stream in info.streams)
    if output.layout.type == "segments":
        found |= Counter(each.kind for each in evidence.written.values() if each.packets)
    for kind, count in Counter(output.expected.streams).items():
        if kind in ("video", "audio") and found[kind] < count:
            raise truncated(f"The segments have {found[kind]} {kind} streams instead of {count}.")


def _listed(cwd: Path, each: SegmentList, names: Sequence[str]) -> dict[str, float]:
    """Return the lengths in a list; raise TranscodeError unless it names these and no others."""
    if each.format is ListFormat.MPD:
        listed = read_manifest(cwd / each.path, each)
    else:
        listed = read_list(cwd / each.path, each.format, each.init)
    if list(listed) != list(names):
        other = next((n for n in listed if n not in set(names)), None)
        if other is not None:
            raise strange(each.path.rpartition("/")[2], f"names {other!r}")
        raise truncated(f"The list names {len(listed)} segments, of {len(names)} that are there.")
    return listed


def _ends(items: Sequence[str]) -> list[str]:
    """Return the first and the last item, or the only one."""
    return [items[0], items[-1]] if len(items) > 1 else list(items)


def _without_length(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key != "duration"}
