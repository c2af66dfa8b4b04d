"""Numbered pictures."""

from ffremote.spec import Package
from ffremote.spec.packages.package import MAX_PICTURES

from ...formats.media_types import media_type
from ...model.package_layout import PackageLayout
from ...model.planned_output import Member
from ..resolved_job import ResolvedJob
from .bounds import package_of, picture_rate
from .writing import PackageWriting, folder_of, prefix_of

DIGITS = 5


def write_pictures(job: ResolvedJob) -> PackageWriting:
    """Return the files and options of pictures."""
    package, container = package_of(job), job.choice.container
    first = 1 if package.start_number is None else package.start_number
    digits, prefix, folder = package.digits or DIGITS, prefix_of(job), folder_of(job)
    most = package.count or MAX_PICTURES + 1  # one more than is allowed, so that it is refused
    given = {option.name for option in job.choice.options}
    limit = () if given & {"frames", "vframes"} else ("-frames:v", str(most))
    return PackageWriting(
        folder,
        f"{folder}/{prefix}%0{digits}d.{container.extension}",
        (*quality(package), *limit, "-start_number", str(first)),
        (
            Member(
                rf"{prefix}[0-9]{{{digits},10}}\.{container.extension}",
                media_type(container.extension, ""),
                most=package.count,
            ),
        ),
        PackageLayout("pictures", first_number=first, rate=picture_rate(job)),
    )


def quality(package: Package) -> list[str]:
    """Return the option for the quality of each picture."""
    if package.quality is None:
        return []
    return ["-quality" if package.format == "webp" else "-q:v", str(package.quality)]
