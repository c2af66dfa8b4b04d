"""Warns of what a client may not expect of the container, the inputs and missing streams."""

from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from ..formats.containers import container, container_extensions
from ..formats.decision import Choice
from ..model.media_info import MediaInfo
from ..policy.metadata_sources import metadata_inputs
from ..streams.selection import Selection
from .extraction import uploaded_fonts
from .resolved_job import ResolvedJob


def plan_warnings(
    choice: Choice, selection: Selection, infos: Sequence[MediaInfo], info: MediaInfo
) -> list[str]:
    """Return warnings about the chosen container, the inputs and their streams.

    `info` has the streams of all inputs.
    """
    warnings = [
        f"The subtitles are not UTF-8 and were read as {each.charset}, which is a guess: if"
        " letters are wrong, send them in UTF-8."
        for each, source in zip(infos, choice.spec.sources, strict=True)
        if each.charset and source.charset is None
    ]
    extension = PurePosixPath(choice.spec.output_filename).suffix[1:].lower()
    is_named = choice.spec.package is None and not choice.container.makes_no_file
    if extension in container_extensions() and is_named:
        named = container(extension)
        if named.muxer != choice.container.muxer:
            warnings.append(
                f"The result is {choice.container.name}, although its name ends in .{extension}."
            )
    warnings += _without_effect(choice, selection, info)
    return warnings


def unused_warnings(jobs: Sequence[ResolvedJob]) -> list[str]:
    """Return a warning for each input that none of the job's outputs uses."""
    used = set[int]()
    for job in jobs:
        used |= _read_inputs(job.selection) | _used_files(job.choice, job.selection)
        used |= metadata_inputs(job.choice.options).keys()
        used |= {each.input for each in job.spec.attachments or ()}
    choice, count = jobs[0].choice, len(jobs[0].infos)
    return [*_unused_files(choice, used), *_unused_inputs(choice, used, count)]


def _read_inputs(selection: Selection) -> set[int]:
    streams = (*selection.streams, *selection.read)
    return {stream.input for stream in (*streams, *filter(None, [selection.burned]))}


def _used_files(choice: Choice, selection: Selection) -> set[int]:
    return {*choice.used_files, *(each.number for each in uploaded_fonts(choice, selection))}


def _unused_files(choice: Choice, used: Collection[int]) -> list[str]:
    """Return a warning for each font and each LUT that nothing uses."""
    users = {"font": ("font", "drawtext"), "lut": ("LUT", "lut3d")}
    return [
        f"Input {each.number}, a {users[each.role][0]}, is not used: no filter names it, as in"
        f" `{users[each.role][1]}=input={each.number}`."
        for each in choice.files
        if each.number not in used
    ]


def _unused_inputs(choice: Choice, used: Collection[int], count: int) -> list[str]:
    """Return a warning for each of several inputs of which nothing goes into the result."""
    files = {each.number for each in choice.files}
    return [
        f"Input {number} is not used: nothing of it goes into the result. Choose streams with"
        f' `--map {number}` (`streams: ["{number}"]`), or leave the input out.'
        for number in range(count)
        if count > 1 and number not in used and number not in files
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
