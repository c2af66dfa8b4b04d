"""Warns of what a client may not expect of the container, the inputs and missing streams."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from ..formats.containers import container
from ..formats.decision import Choice
from ..model.media_info import MediaInfo
from ..policy.tables import table
from ..streams.selection import Selection


def plan_warnings(
    choice: Choice, selection: Selection, infos: Sequence[MediaInfo], info: MediaInfo
) -> list[str]:
    """Return warnings about the chosen container, the inputs and their streams.

    `info` has the streams of all inputs.
    """
    warnings = [
        f"The subtitles are not UTF-8 and were read as {each.charset}, which is a guess: if"
        " letters are wrong, send them in UTF-8."
        for each in infos
        if each.charset
    ]
    extension = PurePosixPath(choice.spec.output_filename).suffix[1:].lower()
    if extension in table("containers"):
        named = container(extension)
        if named.muxer != choice.container.muxer:
            warnings.append(
                f"The result is {choice.container.name}, although its name ends in .{extension}."
            )
    warnings += _without_effect(choice, selection, info)
    return [*warnings, *_unused_inputs(selection, len(infos))]


def _unused_inputs(selection: Selection, count: int) -> list[str]:
    """Return a warning for each of several inputs of which nothing goes into the result."""
    used = {stream.input for stream in (*selection.streams, *selection.read)}
    used |= {selection.burned.input} if selection.burned else set()
    return [
        f"Input {number} is not used: nothing of it goes into the result. Choose streams with"
        f' `--map {number}` (`streams: ["{number}"]`), or leave the input out.'
        for number in range(count)
        if count > 1 and number not in used
    ]


def _without_effect(choice: Choice, selection: Selection, info: MediaInfo) -> list[str]:
    """Return a warning for each section of the job that has no stream to apply to."""
    spec, chosen = choice.spec, choice.container
    warnings = []
    for kind, part, default in (
        ("video", spec.video_options, chosen.video),
        ("audio", spec.audio_options, None if chosen.is_image else chosen.audio),
    ):
        if not part or spec.streams or selection.of_kind(kind):
            continue
        if spec.preset and not info.of_kind(kind):
            continue  # a preset has settings for audio even if an input has none
        if default is None:
            warnings.append(f"{chosen.name} cannot hold {kind}; the result has none.")
        elif not spec.preset:
            warnings.append(f"The input has no {kind}; the result has none either.")
    return warnings
