"""Which inputs the keys of a job name, and what these keys exclude."""

from collections.abc import Iterable, Mapping

from .audio import Audio
from .layers import Attachment, Overlay
from .sections import Subtitles

EXCLUDES = {
    "overlays": ("concat",),
    "attachments": ("concat",),
    "audio.mix": ("concat",),
    "audio.input": ("concat", "streams"),
    "subtitles.input": ("concat",),
}
"""The keys of a job that a key which names an input excludes."""
_ENDS_WITH_OTHERS = ("overlays", "audio.mix")


def named_inputs(
    audio: Audio | None,
    subtitles: Subtitles | None,
    overlays: Iterable[Overlay],
    attachments: Iterable[Attachment],
) -> dict[str, int]:
    """Return the input that each key names, by the key, such as `overlays[0].input`."""
    parts = {"audio": audio, "subtitles": subtitles}
    named = {f"{key}.input": p.input for key, p in parts.items() if p and p.input is not None}
    named |= {f"overlays[{n}].input": each.input for n, each in enumerate(overlays)}
    named |= {f"attachments[{n}].input": each.input for n, each in enumerate(attachments)}
    mixed = (audio.mix if audio else None) or ()
    return named | {f"audio.mix[{n}].input": each.input for n, each in enumerate(mixed)}


def laid_over(named: Mapping[str, int]) -> frozenset[int]:
    """Return the inputs other than the first that are only laid over others and end with these."""
    laid = {number for key, number in named.items() if key.startswith(_ENDS_WITH_OTHERS)}
    return frozenset(
        laid - {n for k, n in named.items() if not k.startswith(_ENDS_WITH_OTHERS)} - {0}
    )
