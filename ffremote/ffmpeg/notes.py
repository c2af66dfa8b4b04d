"""What a client may not expect, said as warnings beside a plan."""

from pathlib import PurePosixPath

from .choice import Choice
from .containers import container
from .facts import MediaFacts
from .selection import Selection
from .tables import table


def notes(choice: Choice, selection: Selection, facts: MediaFacts) -> list[str]:
    """Return warnings about the chosen container and streams."""
    found = []
    if facts.charset:
        found.append(
            f"The subtitles are not UTF-8 and were read as {facts.charset}, which is a guess: if"
            " letters are wrong, send them in UTF-8."
        )
    spec = choice.spec
    extension = PurePosixPath(spec.output_filename).suffix[1:].lower()
    if extension in table("containers"):
        named = container(extension)
        if named.muxer != choice.container.muxer:
            found.append(
                f"The result is {choice.container.name}, although its name ends in .{extension}."
            )
    if spec.video_options and not spec.streams and not selection.of_kind("video"):
        if choice.container.video is None:
            found.append(f"{choice.container.name} takes no pictures; the result has none.")
        else:
            found.append("The input has no pictures; the result has none either.")
    if spec.audio_options and not spec.streams and not selection.of_kind("audio"):
        if choice.container.audio is None or choice.container.is_image:
            found.append(f"{choice.container.name} takes no sound; the result has none.")
        else:
            found.append("The input has no sound; the result has none either.")
    return found
