"""DASH: fragments of MP4 with one manifest for all renditions."""

from ffremote.spec.types import number_text

from ...model.package_layout import ListFormat, PackageLayout, SegmentList
from ...model.planned_output import Member
from ..resolved_job import ResolvedJob
from .bounds import package_of
from .hls import SECONDS
from .renditions import kept_renditions, rates
from .segments import key_frames_every, makes_key_frames
from .writing import PackageWriting, folder_of, prefix_of

_MANIFEST, _SEGMENT, _INIT = "application/dash+xml", "video/iso.segment", "video/mp4"


def write_dash(job: ResolvedJob) -> PackageWriting:
    """Return the files and options of DASH; each stream is a representation of its own."""
    package, prefix, folder = package_of(job), prefix_of(job), folder_of(job)
    renditions, warnings = kept_renditions(job)
    seconds, index = package.seconds or SECONDS, f"{prefix}index.mpd"
    kinds = [kind for kind in ("video", "audio") if job.selection.of_kind(kind)]
    sets = [f"id={number},streams={kind[0]}" for number, kind in enumerate(kinds)]
    lists = [
        SegmentList(
            f"{folder}/{index}",
            ListFormat.MPD,
            rf"{prefix}segment-{number}-[0-9]{{5,10}}\.m4s",
            f"{prefix}init-{number}.mp4",
            number,
        )
        for number in range(len(job.selection.streams))
    ]
    members = [Member(index.replace(".", r"\."), _MANIFEST, most=1)]
    for each in lists:
        members.append(Member((each.init or "").replace(".", r"\."), _INIT, most=1))
        members.append(Member(each.segments, _SEGMENT))
    return PackageWriting(
        folder,
        f"{folder}/{index}",
        (
            *(key_frames_every(seconds) if makes_key_frames(job) else ()),
            *rates(job, renditions),
            *("-seg_duration", number_text(seconds), "-dash_segment_type", "mp4"),
            *("-use_timeline", "1", "-use_template", "1", "-adaptation_sets", " ".join(sets)),
            *("-init_seg_name", f"{prefix}init-$RepresentationID$.mp4"),
            *("-media_seg_name", f"{prefix}segment-$RepresentationID$-$Number%05d$.m4s"),
        ),
        tuple(members),
        PackageLayout("dash", tuple(lists)),
        renditions,
        warnings,
    )
