"""Segments: a film or a sound in parts, each of which is a file by itself."""

from ffremote.spec import Package
from ffremote.spec.types import number_text

from ...formats.media_types import media_type
from ...model.package_layout import ListFormat, PackageLayout, SegmentList
from ...model.planned_output import Member
from ...policy.muxer_options import of_parts
from ..resolved_job import ResolvedJob
from .bounds import package_of
from .writing import PackageWriting, folder_of, prefix_of

PLAYLIST = "application/vnd.apple.mpegurl"
DIGITS = 5


def write_segments(job: ResolvedJob) -> PackageWriting:
    """Return the files and options of segments.

    FFmpeg always writes a list, from which the lengths are known; one that the job does not ask for
    stays outside of the package.
    """
    package, container = package_of(job), job.choice.container
    digits, prefix, folder = package.digits or DIGITS, prefix_of(job), folder_of(job)
    pattern = rf"{prefix}segment-[0-9]{{{digits},10}}\.{container.extension}"
    members = [Member(pattern, media_type(container.name, ""))]
    kind = ListFormat.M3U8 if package.list == "m3u8" else ListFormat.CSV
    name = f"{prefix}index.{kind}"
    if package.list in (None, "none"):
        path = f"{job.attempt}/segments.csv"
    else:
        path = f"{folder}/{name}"
        list_type = PLAYLIST if kind is ListFormat.M3U8 else "text/csv"
        members.insert(0, Member(name.replace(".", r"\."), list_type, most=1))
    return PackageWriting(
        folder,
        f"{folder}/{prefix}segment-%0{digits}d.{container.extension}",
        (
            *_key_frames(job, package),
            *_cuts(package),
            *("-segment_format", container.muxer, *_options_of_parts(job)),
            *_numbers(package),
            *(
                "-segment_list",
                f"file:{path}",
                "-segment_list_type",
                kind,
                "-segment_list_size",
                "0",
            ),
        ),
        tuple(members),
        PackageLayout("segments", (SegmentList(path, kind, pattern),)),
    )


def _cuts(package: Package) -> list[str]:
    if package.times is not None:
        return ["-segment_times", ",".join(map(number_text, package.times))]
    assert package.seconds is not None
    return ["-segment_time", number_text(package.seconds)]


def _numbers(package: Package) -> list[str]:
    resets = (
        package.list != "m3u8" if package.reset_timestamps is None else package.reset_timestamps
    )
    return [
        *(("-reset_timestamps", "1") if resets else ()),
        *("-segment_start_number", str(package.start_number or 0)),
    ]


def _options_of_parts(job: ResolvedJob) -> list[str]:
    options = of_parts(job.choice.options)
    if job.choice.container.has_faststart:
        options.setdefault("movflags", "+faststart")
    text = ":".join(f"{name}={value}" for name, value in options.items())
    return ["-segment_format_options", text] if text else []


def _key_frames(job: ResolvedJob, package: Package) -> list[str]:
    """Return the option that puts key frames where segments begin."""
    if not makes_key_frames(job):
        return []
    if package.times is not None:
        return ["-force_key_frames:v", ",".join(map(number_text, package.times))]
    assert package.seconds is not None
    return key_frames_every(package.seconds)


def makes_key_frames(job: ResolvedJob) -> bool:
    """Whether key frames are put where segments begin: not in a copy, nor if the job says so."""
    given = any(option.name == "force_key_frames" for option in job.choice.options)
    return job.encodes_video and not given and package_of(job).key_frames is not False


def key_frames_every(seconds: float) -> list[str]:
    """Return the option for a key frame at each multiple of `seconds`."""
    return ["-force_key_frames:v", f"expr:gte(t,n_forced*{number_text(seconds)})"]
