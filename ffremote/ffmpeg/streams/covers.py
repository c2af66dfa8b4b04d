"""Cover pictures and attached files on the command line."""

from collections.abc import Sequence

from ..formats import attachments
from ..formats import video as pictures
from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..model.media_info import Stream
from ..policy.filtergraph import Graph
from .selection import COVER_ENCODER, Selection

_MIME_TYPES = {"mjpeg": ("image/jpeg", "jpg"), "png": ("image/png", "png")}
_ENCODERS = ("mjpeg", "png")


def attached(choice: Choice, selection: Selection) -> tuple[Stream, ...]:
    """Return the covers that become attached files, so that no stream is mapped for them."""
    if not attachments.attaches_covers(choice.container):
        return ()
    return tuple(s for s in selection.of_kind("video") if s.index in selection.covers)


def extraction(choice: Choice, selection: Selection, attempt: str) -> list[str]:
    """Return the outputs of an earlier pass that writes each attached cover to a file of ours."""
    argv = []
    for number, cover in enumerate(attached(choice, selection)):
        argv += ["-map", f"0:{cover.index}", *_codec(cover, choice, selection, "")]
        argv += ["-frames:v", "1", "-f", "image2pipe", f"file:{_file(cover, number, attempt)}"]
    return argv


def options(choice: Choice, selection: Selection, attempt: str) -> list[str]:
    """Return the options of covers, data tracks and attached files in the last pass."""
    argv = []
    for place, stream in enumerate(selection.of_kind("attachment")):
        argv += _described(place, stream) if _strips(choice) else []
    first = len(selection.of_kind("attachment"))
    for number, cover in enumerate(attached(choice, selection)):
        mime_type, extension = _MIME_TYPES[_becomes(cover, choice, selection)]
        name = f"cover{number or ''}.{extension}"
        where = f"-metadata:s:t:{first + number}"
        argv += ["-attach", f"file:{_file(cover, number, attempt)}"]
        argv += [where, f"mimetype={mime_type}", where, f"filename={name}"]
    if not attachments.attaches_covers(choice.container):
        argv += _mapped(choice, selection)
    for kind, letter in (("data", "d"), ("attachment", "t")):
        argv += [f"-c:{letter}", COPY] if selection.of_kind(kind) else []
    return argv


def for_films(argv: Sequence[str], selection: Selection) -> list[str]:
    """Return the options with each `…:v` said of films alone, where covers are beside them."""
    if not selection.covers or not selection.video_streams:
        return list(argv)
    said: list[str] = []
    words = iter(argv)
    for word in words:
        if not (word.startswith("-") and word.endswith(":v")):
            said.append(word)
            continue
        value = next(words)
        for place in range(len(selection.video_streams)):
            said += [f"{word}:{place}", value]
    return said


def _mapped(choice: Choice, selection: Selection) -> list[str]:
    argv = []
    covers = [s for s in selection.of_kind("video") if s.index in selection.covers]
    for place, cover in enumerate(covers, len(selection.video_streams)):
        argv += _codec(cover, choice, selection, f":{place}")
        argv += [f"-disposition:v:{place}", "attached_pic"]
    if covers:
        argv += attachments.cover_muxing(choice.container)
        if choice.container.muxer == "mp3" and not _given(choice, "id3v2_version"):
            argv += ["-id3v2_version", "3"]  # the pictures of version 4 are not shown everywhere
    return argv


def _codec(cover: Stream, choice: Choice, selection: Selection, place: str) -> list[str]:
    encoder = _encoder(cover, choice, selection)
    filters = ",".join(map(str, _filters(choice, selection))) if encoder != COPY else ""
    changed = [f"-filter:v{place}", filters] if filters else []
    return [*changed, f"-c:v{place}", encoder]


def _encoder(cover: Stream, choice: Choice, selection: Selection) -> str:
    """Copy what fits, unless the job wants another picture and there is no film that it means."""
    video = choice.spec.video_options
    if video and not selection.video_streams:
        if video.codec in _ENCODERS:
            return video.codec
        if _filters(choice, selection):
            return COVER_ENCODER
    return COPY if attachments.takes_cover_as_is(choice.container, cover.codec) else COVER_ENCODER


def _becomes(cover: Stream, choice: Choice, selection: Selection) -> str:
    encoder = _encoder(cover, choice, selection)
    return cover.codec if encoder == COPY else encoder


def _filters(choice: Choice, selection: Selection) -> list[Graph]:
    video = choice.spec.video_options
    if video is None or selection.video_streams:
        return []
    return pictures.chain(video.model_copy(update={"fps": None}))  # a still has no rate


def _file(cover: Stream, number: int, attempt: str) -> str:
    return f"{attempt}/cover{number}"


def _described(place: int, stream: Stream) -> list[str]:
    """Matroska wants name and type of each file, which go with the rest of the metadata."""
    found = {key: stream.tags.get(key) for key in ("filename", "mimetype")}
    words = [f"{key}={text}" for key, text in found.items() if text]
    return [word for each in words for word in (f"-metadata:s:t:{place}", each)]


def _strips(choice: Choice) -> bool:
    return bool(choice.spec.strip_metadata) or _given(choice, "map_metadata")


def _given(choice: Choice, name: str) -> bool:
    return any(option.name == name for option in choice.options)
