"""Old options of sound that FFmpeg itself turns into filters."""

from ..errors import CannotTranslate
from ..line.command_line import Option


def filter_of_async(option: Option) -> list[str]:
    """`-async 1` is the filter that stretches sound to its time stamps; 0 is none."""
    samples = _number(option)
    return [f"aresample=async={samples:.0f}:first_pts=0"] if samples > 0 else []


def filter_of_volume(option: Option) -> list[str]:
    """`-vol 256` is the sound as it is, `-vol 512` twice as loud."""
    volume = _number(option)
    return [] if volume == 256 else [f"volume={volume / 256:g}"]


def _number(option: Option) -> float:
    try:
        return float(option.value or "")
    except ValueError as exc:
        raise CannotTranslate(
            f"{option.word} {option.value}", "this option wants a number"
        ) from exc
