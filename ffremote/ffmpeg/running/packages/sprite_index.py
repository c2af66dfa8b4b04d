"""Writes the index of sprites: WebVTT, whose cues name a part of a sheet."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...model.package_layout import SpriteGrid
from ..refusals import truncated
from .lists import strange


def write_index(
    folder: Path, grid: SpriteGrid, sheets: Sequence[str], *, pictures: int, size: tuple[int, int]
) -> None:
    """Write the index of `pictures` on these sheets; `size` is that of one sheet.

    Raise TranscodeError if they do not fit onto the sheets, or for a file of its name.
    """
    width, height = size
    per_sheet = grid.columns * grid.rows
    if len(sheets) != -(-pictures // per_sheet) or width % grid.columns or height % grid.rows:
        raise truncated(
            f"FFmpeg made {pictures} pictures and {len(sheets)} sheets of {width}x{height}; with"
            f" {grid.columns}x{grid.rows} pictures on a sheet that does not fit.",
            "The size of the picture may change within the video: convert it to one size first.",
        )
    path = folder / grid.index
    try:
        with path.open("x", encoding="ascii") as out:
            out.writelines(
                _lines(grid, sheets, pictures, (width // grid.columns, height // grid.rows))
            )
    except FileExistsError as exc:
        raise strange(grid.index, "was there before its sheets were complete") from exc


def length_of(pictures: int, every: float, claimed: float | None) -> float:
    """Return the seconds of video that the pictures stand for.

    The last one stands for what is left of the video: half a step more, or half a step less.
    """
    counted = pictures * every
    return claimed if claimed is not None and abs(claimed - counted) <= every else counted


def _lines(
    grid: SpriteGrid, sheets: Sequence[str], pictures: int, size: tuple[int, int]
) -> Iterator[str]:
    yield "WEBVTT\n"
    width, height = size
    for number in range(pictures):
        sheet, place = divmod(number, grid.columns * grid.rows)
        row, column = divmod(place, grid.columns)
        is_last = number == pictures - 1
        end = (
            length_of(pictures, grid.every, grid.seconds) if is_last else (number + 1) * grid.every
        )
        yield f"\n{_time(number * grid.every)} --> {_time(end)}\n"
        yield f"{sheets[sheet]}#xywh={column * width},{row * height},{width},{height}\n"


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
