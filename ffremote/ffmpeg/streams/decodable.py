"""Decides which streams of the input are usable: decodable here, or copied into the result."""

from collections.abc import Callable, Sequence

from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..model.capabilities import Capabilities
from ..model.media_info import MediaInfo, Stream


def usable(choice: Choice, kind: str, capabilities: Capabilities) -> Callable[[Stream], bool]:
    """Return the test whether a stream of `kind` can go into the result of this job."""
    if getattr(choice, f"{kind}_encoder") == COPY:
        return lambda stream: stream.is_made or choice.container.takes(kind, stream.codec)
    return lambda stream: stream.is_made or stream.codec in capabilities.decoders


def without_undecodable(
    choice: Choice, requested: Sequence[Stream], capabilities: Capabilities
) -> list[Stream]:
    """Return `requested` without undecodable streams of a group map, such as `0:a`.

    A stream that the job names by its number stays, and so do all if none of them is usable.
    """
    kept = list(requested)
    for kind in ("video", "audio"):
        if getattr(choice, f"{kind}_encoder") in (None, COPY):
            continue
        fits = usable(choice, kind, capabilities)
        good = [stream for stream in requested if stream.kind == kind and fits(stream)]
        if good and not _names_each(choice, kind):
            kept = [s for s in kept if s.kind != kind or s in good or s.is_picture]
    return kept


def _names_each(choice: Choice, kind: str) -> bool:
    """Whether the job names single streams of this kind, by number or by index."""
    letters = (f"{kind[0]}:", f"{kind[0].upper()}:")
    named = [text.partition(":")[2] or text for text in choice.spec.streams or ()]
    return any(text.startswith(letters) or text[:1].isdigit() for text in named)


def undecodable_warnings(
    choice: Choice, info: MediaInfo, chosen: Sequence[Stream], capabilities: Capabilities
) -> list[str]:
    """Return a warning for each stream that was not chosen because it is not usable."""
    warnings = []
    for kind in ("video", "audio"):
        taken = next((s for s in chosen if s.kind == kind and not s.is_picture), None)
        if taken is None:
            continue
        fits = usable(choice, kind, capabilities)
        for stream in info.of_kind(kind):
            if stream not in chosen and not stream.is_picture and not fits(stream):
                warnings.append(
                    f"{kind.capitalize()} stream {stream.place} ({stream.codec}) cannot be decoded"
                    f" here or copied; stream {taken.place} ({taken.codec}) is used."
                )
    return warnings
