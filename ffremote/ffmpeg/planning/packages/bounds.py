"""Refuses packages of too many files before FFmpeg runs, where the length is known."""

from fractions import Fraction

from ffremote.spec import Package
from ffremote.states import FailureReason

from ...model.expected import Expected
from ...model.failure import refuse
from ..resolved_job import ResolvedJob


def package_of(job: ResolvedJob) -> Package:
    """Return the package section of an output that has one."""
    package = job.spec.package
    assert package is not None
    return package


def refuse_too_many(job: ResolvedJob, expected: Expected) -> None:
    """Raise TranscodeError for a package that would have more files than one job may make.

    What filters and options of the job select is not known: nothing is refused then, but the files
    are counted while FFmpeg runs.
    """
    seconds, most = expected.duration, job.limits.max_files
    package = package_of(job)
    if seconds is None or not expected.is_plausible or package.type == "sprites":
        return
    if package.type == "pictures":
        rate, hint = picture_rate(job), "Set package.fps, package.every or package.count."
        files = 0.0 if rate is None or package.count else seconds * rate
    else:
        hint = "Make longer segments: raise package.seconds."
        length = package.seconds or (6.0 if package.is_for_players else None)
        count = len(expected.streams) if package.renditions or package.variants else 1
        files = count * seconds / length if length else 0.0
    if files > most * 1.01 + 1:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The package would have {files:.0f} files; the limit is {most}.",
            hint,
        )


def picture_rate(job: ResolvedJob) -> float | None:
    """Return how many pictures a second of video makes; None if filters decide it."""
    options = job.spec.video_options
    if (options and options.filters) or job.choice.graph or job.choice.options:
        return None
    named = package_of(job).rate or (options.fps if options else None)
    if named is not None:
        return float(Fraction(named))
    streams = job.selection.video_streams
    return streams[0].fps if streams else None
