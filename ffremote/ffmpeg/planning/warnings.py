"""What a client may not expect, said as warnings beside a plan."""

from pathlib import PurePosixPath

from ..formats.containers import container
from ..formats.decision import Choice
from ..model.media_info import MediaInfo
from ..policy.tables import table
from ..streams.selection import Selection


def notes(choice: Choice, selection: Selection, info: MediaInfo) -> list[str]:
    """Return warnings about the chosen container and streams."""
    found = []
    if info.charset:
        found.append(
            f"The subtitles are not UTF-8 and were read as {info.charset}, which is a guess: if"
            " letters are wrong, send them in UTF-8."
        )
    extension = PurePosixPath(choice.spec.output_filename).suffix[1:].lower()
    if extension in table("containers"):
        named = container(extension)
        if named.muxer != choice.container.muxer:
            found.append(
                f"The result is {choice.container.name}, although its name ends in .{extension}."
            )
    return [*found, *_missing(choice, selection, info)]


def _missing(choice: Choice, selection: Selection, info: MediaInfo) -> list[str]:
    """Name the parts of the job that have nothing to do; a preset has them for most inputs."""
    spec, chosen = choice.spec, choice.container
    found = []
    for kind, part, default in (
        ("video", spec.video_options, chosen.video),
        ("audio", spec.audio_options, None if chosen.is_image else chosen.audio),
    ):
        what = "pictures" if kind == "video" else "sound"
        if not part or spec.streams or selection.of_kind(kind):
            continue
        if spec.preset and not info.of_kind(kind):
            continue  # a preset says what to do with sound, not that there is some
        if default is None:
            found.append(f"{chosen.name} takes no {what}; the result has none.")
        elif not spec.preset:
            found.append(f"The input has no {what}; the result has none either.")
    return found
