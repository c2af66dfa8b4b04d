"""Takes the archive of a sequence apart, and describes its pictures as one video."""

from dataclasses import replace
from pathlib import Path

from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.media_info import MediaInfo
from ..model.picture_sequence import (
    DEFAULT_FPS,
    DEMUXER,
    EXTENSIONS,
    demuxer_options,
    picture_pattern,
    pictures_folder,
)
from ..model.report import OnProgress
from ..probing import png
from ..probing.probe import probe_pictures
from ..runtime import Runtime
from .unpacking import unpack


def probe_sequence(
    runtime: Runtime,
    directory: Path,
    archive: str,
    *,
    attempt: str,
    number: int,
    fps: str | None,
    on_progress: OnProgress,
) -> MediaInfo:
    """Return the pictures of an input as one video of `fps` pictures a second.

    They are written below the attempt's directory, where the plan reads them. Raise TranscodeError
    for an archive that is refused and for pictures that cannot be read.
    """
    folder = pictures_folder(attempt, number)
    found = unpack(runtime, directory, archive, folder, on_progress=on_progress)
    options = ["-f", DEMUXER, *demuxer_options(fps or DEFAULT_FPS)]
    info = probe_pictures(
        runtime,
        directory / folder,
        [*options, "-i", f"file:{picture_pattern(found.extension)}"],
        on_progress=on_progress,
    )
    if EXTENSIONS.get(info.streams[0].codec) != found.extension:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            f"The pictures are of the codec {info.streams[0].codec}, which a sequence cannot have.",
        )
    first = directory / folder / (picture_pattern(found.extension) % 1)
    return replace(
        png.with_pixels(info, first), format=DEMUXER, bytes=found.bytes, pictures=found.pictures
    )
