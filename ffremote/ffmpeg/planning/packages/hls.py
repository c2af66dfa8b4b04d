"""HLS: segments with a playlist, and a master playlist above those of several renditions."""

from collections.abc import Sequence

from ffremote.spec import Package
from ffremote.spec.types import number_text

from ...model.package_layout import ListFormat, Master, PackageLayout, SegmentList
from ...model.planned_output import Member
from ..resolved_job import ResolvedJob
from .bounds import package_of
from .renditions import kept_renditions, rates
from .segments import PLAYLIST, key_frames_every, makes_key_frames
from .variants import named_variants
from .writing import PackageWriting, folder_of, prefix_of

SECONDS = 6.0
_SEGMENT, _INIT = {"ts": "video/mp2t", "m4s": "video/iso.segment"}, "video/mp4"


def write_hls(job: ResolvedJob) -> PackageWriting:
    """Return the files and options of HLS."""
    package, prefix, folder = package_of(job), prefix_of(job), folder_of(job)
    renditions, warnings = kept_renditions(job)
    extension = "m4s" if package.segment_type == "fmp4" else "ts"
    variants = named_variants(job, renditions)
    names = [each.name for each in variants]
    lists = [
        _list(f"{prefix}{name}", extension, folder, named=bool(names)) for name in names or [""]
    ]
    index = f"{prefix}index.m3u8"
    options = [
        *_key_frames(job, package),
        *rates(job, renditions),
        *_muxer_options(package),
        *_file_names(prefix, extension, folder, named=bool(names)),
    ]
    if names:
        options += ["-master_pl_name", index]
        options += ["-var_stream_map", " ".join(each.text for each in variants)]
    return PackageWriting(
        folder,
        f"{folder}/{prefix}%v.m3u8" if names else f"{folder}/{index}",
        tuple(options),
        _members(index, lists, extension),
        PackageLayout(
            "hls", tuple(lists), master=Master(index, _playlists(lists)) if names else None
        ),
        renditions,
        warnings,
    )


def _list(name: str, extension: str, folder: str, *, named: bool) -> SegmentList:
    """Return the playlist of a variant; without variants `name` is only the prefix of the names."""
    stem, playlist, init = (
        (f"{name}-", f"{name}.m3u8", f"init-{name}.mp4")
        if named
        else (f"{name}segment-", f"{name}index.m3u8", f"{name}init.mp4")
    )
    return SegmentList(
        f"{folder}/{playlist}",
        ListFormat.M3U8,
        rf"{stem}[0-9]{{5,10}}\.{extension}",
        init if extension == "m4s" else None,
    )


def _file_names(prefix: str, extension: str, folder: str, *, named: bool) -> list[str]:
    stem, init = (
        (f"{prefix}%v-", f"init-{prefix}%v.mp4")
        if named
        else (f"{prefix}segment-", f"{prefix}init.mp4")
    )
    return [
        *(("-hls_fmp4_init_filename", init) if extension == "m4s" else ()),
        *("-hls_segment_filename", f"file:{folder}/{stem}%05d.{extension}"),
    ]


def _muxer_options(package: Package) -> list[str]:
    return [
        *("-hls_time", number_text(package.seconds or SECONDS), "-hls_list_size", "0"),
        *("-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4" if package.segment_type == "fmp4" else "mpegts"),
        *("-start_number", str(package.start_number or 0)),
    ]


def _key_frames(job: ResolvedJob, package: Package) -> list[str]:
    if not job.encodes_video:
        return []
    flags = ["-hls_flags", "independent_segments"]
    if not makes_key_frames(job):
        return flags
    return [*key_frames_every(package.seconds or SECONDS), *flags]


def _members(index: str, lists: Sequence[SegmentList], extension: str) -> tuple[Member, ...]:
    """Return the files: the playlists first, then of each variant its head and its segments."""
    playlists = dict.fromkeys([index, *_playlists(lists)])
    members = [Member(name.replace(".", r"\."), PLAYLIST, most=1) for name in playlists]
    for each in lists:
        if each.init is not None:
            members.append(Member(each.init.replace(".", r"\."), _INIT, most=1))
        members.append(Member(each.segments, _SEGMENT[extension]))
    return tuple(members)


def _playlists(lists: Sequence[SegmentList]) -> tuple[str, ...]:
    return tuple(each.path.rpartition("/")[2] for each in lists)
