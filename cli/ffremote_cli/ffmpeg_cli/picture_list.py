"""A list of pictures for -f concat as one sequence, in which each appears when ffmpeg shows it."""

from collections.abc import Sequence
from dataclasses import replace

from ..translate import CannotTranslate, CommandLine, InputFile, Option
from ..translate.sections.times import parse_time

MAX_TIMES = 12
"""How many different times fit into the expression of a filter."""
_FRAME_SECONDS = 0.04  # ffmpeg reads a picture as a video of 25 frames a second
_ROUNDED = 0.0201  # seconds: half a frame, as ffmpeg rounds to frames and `setpts` cuts off
_VIDEO_FILTERS = ("vf", "filter:v")
_CODECS = frozenset({"c", "codec", "c:v", "codec:v", "vcodec"})
_GRAPHS = frozenset({"filter_complex", "lavfi"})


def takes_pictures(line: CommandLine) -> bool:
    """Return whether filters of ours can precede those of the line."""
    options = [option for each in line.for_each_output() for option in each.output_options]
    copies = any(option.key in _CODECS and option.value == "copy" for option in options)
    return not copies and not any(option.name in _GRAPHS for option in line.globals)


def with_pictures(
    line: CommandLine, number: int, files: Sequence[str], durations: Sequence[str | None]
) -> CommandLine:
    """Return the line with the pictures as the sequence that input `number` is.

    Each is shown for its duration, but the last one for a single frame, as by ffmpeg. Raise
    CannotTranslate for too many different durations.
    """
    inputs = list(line.inputs)
    name = inputs[number].name
    inputs[number] = InputFile(name, parts=tuple(files), is_pictures=True)
    seconds = [
        _FRAME_SECONDS if each is None else parse_time("duration", each) for each in durations[:-1]
    ]
    expression = _times(seconds, name)
    outputs = [
        replace(each, options=_filtered(each.options, expression)) for each in line.further_outputs
    ]
    return replace(
        line,
        inputs=tuple(inputs),
        output_options=_filtered(line.output_options, expression),
        further_outputs=tuple(outputs),
    )


def _times(seconds: Sequence[float], name: str) -> str:
    """Return when each picture appears, as an expression of the filter `setpts`.

    The frame after the last one is the end of the stream, which the filter `fps` needs.
    """
    if all(each == _FRAME_SECONDS for each in seconds):
        return ""
    count = len(seconds) + 1
    if len(set(seconds)) == 1:
        end = f"gte(N,{count})*({_number(_FRAME_SECONDS)}-{_number(seconds[0])})"
        return f"(N*{_number(seconds[0])}+{end}+{_ROUNDED})/TB"
    if len(seconds) > MAX_TIMES:
        raise CannotTranslate(
            f"-i {name}",
            f"it has {count} pictures of different durations; of such lists at most"
            f" {MAX_TIMES + 1} are supported",
            hint="give all pictures the same duration, or convert the list in parts",
        )
    steps = "+".join(
        f"gte(N,{n})*{_number(each)}" for n, each in enumerate((*seconds, _FRAME_SECONDS), 1)
    )
    return f"({steps}+{_ROUNDED})/TB"


def _number(seconds: float) -> str:
    return f"{seconds:.6f}".rstrip("0").rstrip(".")


def _filtered(options: tuple[Option, ...], expression: str) -> tuple[Option, ...]:
    if not expression:
        return options
    times = f"setpts='{expression}'"
    places = [place for place, each in enumerate(options) if each.key in _VIDEO_FILTERS]
    if not places:
        return (*options, Option("vf", "", times))
    last = options[places[-1]]
    filtered = replace(last, value=f"{times},{last.value}")
    return (*options[: places[-1]], filtered, *options[places[-1] + 1 :])
