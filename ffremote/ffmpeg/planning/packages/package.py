"""Chooses how a package is written, by its type."""

from collections.abc import Callable, Mapping

from ...model.expected import Expected
from ..resolved_job import ResolvedJob
from .dash import write_dash
from .hls import write_hls
from .pictures import write_pictures
from .segments import write_segments
from .sprites import write_sprites
from .writing import NO_PACKAGE, PackageWriting

_WRITERS: Mapping[str, Callable[[ResolvedJob], PackageWriting]] = {
    "pictures": write_pictures,
    "segments": write_segments,
    "hls": write_hls,
    "dash": write_dash,
}


def write_package(job: ResolvedJob, expected: Expected) -> PackageWriting:
    """Return the files and options of a package; `NO_PACKAGE` for an output that is one file."""
    package = job.spec.package
    if package is not None and package.type == "sprites":
        return write_sprites(job, expected)
    return NO_PACKAGE if package is None else _WRITERS[package.type](job)
