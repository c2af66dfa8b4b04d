"""The subtitle options of a command line."""

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec
from ffremote.states import FailureReason

from .capabilities import Capabilities
from .containers import Container, takers
from .encoders import COPY, choose, codec_of
from .failure import refuse
from .selection import BITMAP_SUBTITLES, Selection

_BITMAP_ENCODERS = frozenset({"dvbsub", "dvdsub"})


def choose_encoder(spec: JobSpec, container: Container, capabilities: Capabilities) -> str | None:
    """Return the subtitle encoder, `copy`, or None when the job has none to write."""
    part = spec.subtitles
    only = container.video is None and container.audio is None
    if container.subtitle is None or (part is None and not only):
        if part is not None and part.mode in ("copy", "convert"):
            raise InvalidArgument("subtitles.mode", f"{container.name} takes no subtitles.")
        return None
    if part is not None and part.mode in ("burn", "drop"):
        return None
    if part is not None and part.mode == "copy":
        return COPY
    name = (part.codec if part else None) or container.subtitle
    encoder = choose(name, "subtitle", "subtitles.codec", capabilities)
    codec = codec_of(encoder, capabilities)
    if encoder != COPY and not container.takes("subtitle", codec):
        raise InvalidArgument(
            "subtitles.codec",
            f"{container.name} takes no {codec}; containers that do: {takers('subtitle', codec)}.",
        )
    return encoder


def encoding(
    encoder: str, container: Container, selection: Selection
) -> tuple[list[str], list[str]]:
    """Return the options for the chosen subtitles, and warnings."""
    argv, warnings = [], []
    for place, stream in enumerate(selection.of_kind("subtitle")):
        chosen = encoder
        if encoder == COPY and not container.takes("subtitle", stream.codec):
            chosen = container.subtitle or COPY
            warnings.append(f"{container.name} takes no {stream.codec}; it is converted.")
        if chosen != COPY and (stream.codec in BITMAP_SUBTITLES) != (chosen in _BITMAP_ENCODERS):
            raise refuse(
                FailureReason.INCOMPATIBLE_CONTAINER,
                f"Subtitles of the codec {stream.codec} cannot become {chosen}.",
                "Pictures do not become text, nor text pictures; use subtitles.mode burn, or copy"
                " into mkv.",
            )
        argv += [f"-c:s:{place}", chosen]
    return argv, warnings
