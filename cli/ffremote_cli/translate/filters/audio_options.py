"""Deprecated audio options that FFmpeg itself implements as filters."""

from ..command_line.parser import Option
from ..errors import CannotTranslate


def filter_of_async(option: Option) -> list[str]:
    """Return the filter chain of `-async`, which stretches audio to its timestamps; 0 is off."""
    samples = _number(option)
    return [f"aresample=async={samples:.0f}:first_pts=0"] if samples > 0 else []


def filter_of_volume(option: Option) -> list[str]:
    """Return the filter chain of `-vol`: 256 is the original volume, 512 twice as loud."""
    volume = _number(option)
    return [] if volume == 256 else [f"volume={volume / 256:g}"]


def _number(option: Option) -> float:
    try:
        return float(option.value or "")
    except ValueError as exc:
        raise CannotTranslate(
            f"{option.word} {option.value}", "this option takes a number"
        ) from exc
