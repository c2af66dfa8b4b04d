"""Chooses how a package is written, by its type."""

from collections.abc import Callable, Mapping

from ..resolved_job import ResolvedJob
from .dash import write_dash
from .hls import write_hls
from .pictures import write_pictures
from .segments import write_segments
from .writing import NO_PACKAGE, PackageWriting

_WRITERS: Mapping[str, Callable[[ResolvedJob], PackageWriting]] = {
    "pictures": write_pictures,
    "segments": write_segments,
    "hls": write_hls,
    "dash": write_dash,
}


def write_package(job: ResolvedJob) -> PackageWriting:
    """Return the files and options of a package; `NO_PACKAGE` for an output that is one file."""
    package = job.spec.package
    return NO_PACKAGE if package is None else _WRITERS[package.type](job)
