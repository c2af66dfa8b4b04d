"""Sheets of small pictures, for the preview of players."""

from fractions import Fraction

from ffremote.errors import InvalidArgument
from ffremote.spec import Package
from ffremote.spec.packages.package import MAX_PICTURES, MAX_SIDE
from ffremote.states import FailureReason

from ...formats.media_types import media_type
from ...model.expected import Expected
from ...model.failure import refuse
from ...model.package_layout import PackageLayout, SpriteGrid
from ...model.planned_output import Member
from ..resolved_job import ResolvedJob
from .bounds import package_of
from .pictures import DIGITS, quality
from .writing import PackageWriting, folder_of, prefix_of

SIDES = 5
"""Pictures beside and below each other on a sheet."""
_WIDTH = 160
_EVERY = Fraction(10)


def write_sprites(job: ResolvedJob, expected: Expected) -> PackageWriting:
    """Return the files, filters and options of sprites.

    The index is written by the check, once it is known how many pictures there are.
    """
    if not job.encodes_video:
        raise InvalidArgument("video.codec", "Sprites require video that is encoded.")
    package, extension = package_of(job), job.choice.container.extension
    prefix, folder = prefix_of(job), folder_of(job)
    grid = SpriteGrid(
        index=f"{prefix}index.vtt",
        columns=package.columns or SIDES,
        rows=package.rows or SIDES,
        every=float(_every(job, package, expected)),
        number=job.number,
        seconds=expected.duration if expected.is_plausible else None,
    )
    most = -(-MAX_PICTURES // (grid.columns * grid.rows))
    _refuse_too_many(grid)
    given = {option.name for option in job.choice.options}
    limit = () if given & {"frames", "vframes"} else ("-frames:v", str(most + 1))
    return PackageWriting(
        folder,
        f"{folder}/{prefix}sheet-%0{DIGITS}d.{extension}",
        (*quality(package), *limit, "-start_number", "1"),
        (
            Member(grid.index.replace(".", r"\."), "text/vtt", most=1),
            Member(
                rf"{prefix}sheet-[0-9]{{{DIGITS}}}\.{extension}",
                media_type(extension, ""),
                most=most,
            ),
        ),
        PackageLayout("sprites", sprites=grid),
        filters=_filters(job, package, grid),
    )


def _every(job: ResolvedJob, package: Package, expected: Expected) -> Fraction:
    """Return the seconds from one picture to the next."""
    if package.rate is not None:
        return 1 / package.rate
    if package.count is None:
        return _EVERY
    if expected.duration is not None and expected.is_plausible:
        return max(Fraction(1, 240), Fraction(expected.duration / package.count))
    if all(info.bytes is None for info in job.infos):  # not known before the input exists
        return _EVERY
    raise refuse(
        FailureReason.UNSUPPORTED_INPUT,
        "It is not known how long the video will be, so package.count pictures cannot be spread"
        " over it.",
        "Give package.every instead.",
    )


def _refuse_too_many(grid: SpriteGrid) -> None:
    pictures = 0.0 if grid.seconds is None else grid.seconds / grid.every
    if pictures > MAX_PICTURES * 1.01 + 1:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The sprites would be {pictures:.0f} pictures; the limit is {MAX_PICTURES}.",
            "Raise package.every, or set package.count.",
        )


def _filters(job: ResolvedJob, package: Package, grid: SpriteGrid) -> tuple[str, ...]:
    """Return the filters that pick the pictures, make them small and put them on sheets.

    The pictures get square pixels. The first filter has a name, by which its report is found.
    """
    rate = 1 / Fraction(grid.every).limit_denominator(1000)
    is_short = grid.seconds is None or grid.seconds < grid.every
    ending = ":eof_action=pass" if is_short else ""  # else less than half a step has no picture
    return (
        f"fps@sprites{job.number}=fps={rate}{ending}",
        f"scale=w={_width(package)}:h={_height(package)}",
        "setsar=sar=1",
        f"tile=layout={grid.columns}x{grid.rows}",
    )


def _width(package: Package) -> str:
    if package.width is None and package.height is not None:
        return f"'{_even('oh*dar')}'"
    return str(package.width or _WIDTH)


def _height(package: Package) -> str:
    return f"'{_even('ow/dar')}'" if package.height is None else str(package.height)


def _even(side: str) -> str:
    """Return the expression for an even number of pixels, within the bounds of a picture."""
    return f"2*min({MAX_SIDE // 2},max(1,round({side}/2)))"
