"""What one package is: its files, and the words of the command line that write them."""

from dataclasses import dataclass, replace

from ffremote.spec import Rendition

from ...model.expected import Expected
from ...model.package_layout import PackageLayout
from ...model.planned_output import Member, OutputKind, PlannedOutput
from ..resolved_job import ResolvedJob
from .bounds import package_of, refuse_too_many


@dataclass(frozen=True, slots=True)
class PackageWriting:
    """The files of a package below `folder`, and how FFmpeg is told to write them.

    `operand` is the last word of the command line; `options` come before it.
    """

    folder: str
    operand: str
    options: tuple[str, ...]
    members: tuple[Member, ...]
    layout: PackageLayout
    renditions: tuple[Rendition, ...] = ()
    warnings: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    """Filters of ours behind all others of the video."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The directories to create."""
        return (self.folder,) if self.folder else ()

    def planned(self, job: ResolvedJob, expected: Expected) -> PlannedOutput:
        """Return the output of a job; raise TranscodeError if it would have too many files."""
        refuse_too_many(job, expected)
        package = package_of(job)
        if package.is_of_pictures:
            expected = replace(expected, lengths=(None,) * len(expected.streams))
        if package.type == "pictures" and package.count is not None:
            expected = replace(expected.with_unknown_reading(), duration=None)
        return PlannedOutput(
            self.folder,
            expected,
            OutputKind.PACKAGE,
            name=job.spec.output_filename,
            members=self.members,
            demuxer=job.choice.container.demuxer,
            layout=self.layout,
        )


NO_PACKAGE = PackageWriting("", "", (), (), PackageLayout(""))
"""Stands for an output that is one file."""


def folder_of(job: ResolvedJob) -> str:
    """Return the directory of the package, which holds nothing else."""
    return f"{job.attempt}/package"


def prefix_of(job: ResolvedJob) -> str:
    """Return what the names begin with, so that those of two packages of a job differ."""
    return f"{job.number}-" if job.number else ""
