"""The options before the input: how FFmpeg reads a stranger's file."""

from ffremote.spec import JobSpec
from ffremote.spec.values import number_text

from .capabilities import Capabilities
from .claimed import claim, is_plausible
from .depth import deep_reading, missing_times
from .expectation import stretch_of_input
from .facts import MediaFacts
from .limits import Limits


def reading_options(
    spec: JobSpec,
    facts: MediaFacts,
    capabilities: Capabilities,
    limits: Limits,
    *,
    copies: bool = False,
) -> list[str]:
    """Return the words up to the input: the demuxer that the probe found, and no other.

    `copies` says that packets go into the result as they are.
    """
    threads = str(limits.threads)
    demuxer = facts.format.split(",")[0]
    start, length = _stretch(spec, facts)
    return [
        *("-hide_banner", "-nostdin", "-nostats", "-y", "-v", "level+verbose"),
        *("-filter_threads", threads, "-progress", "pipe:1", "-stats_period", "0.5"),
        *("-protocol_whitelist", "file", "-format_whitelist", demuxer),
        *("-codec_whitelist", _decoders(facts, capabilities)),
        *("-max_pixels", str(limits.max_pixels)),
        *("-max_streams", str(limits.max_streams), "-threads", threads),
        *(("-ss", number_text(start)) if start else ()),
        *(("-t", number_text(length)) if length is not None else ()),
        *deep_reading(demuxer),
        *(missing_times(demuxer) if copies else ()),
        *(("-sub_charenc", facts.charset) if facts.charset else ()),
        *("-f", demuxer, "-i", "file:input"),
    ]


def _stretch(spec: JobSpec, facts: MediaFacts) -> tuple[float, float | None]:
    start, length = stretch_of_input(spec)
    if spec.thumbnail is not None and not start:
        at = spec.thumbnail.at
        start = _tenth_of_film(facts) if at is None else at
    return start, length


def _tenth_of_film(facts: MediaFacts) -> float:
    """The place of a picture that shows more than a black beginning; 0 where it is not known."""
    film = next(iter(facts.films), None)
    claimed = claim(facts, film) if film else None
    if claimed is None or not is_plausible(facts, claimed.end):
        return 0.0
    return claimed.end / 10


def _decoders(facts: MediaFacts, capabilities: Capabilities) -> str:
    """Only the decoders of the codecs that the file holds: the others stay shut."""
    known = capabilities.decoders
    found = [name for stream in facts.streams for name in known.get(stream.codec, ())]
    return ",".join(dict.fromkeys(found)) or "none"
