"""Writes the options for cover pictures and attached files."""

from collections.abc import Sequence

from ..formats import attachments, video
from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..formats.side_files import located
from ..model.media_info import MediaInfo, Stream
from ..policy.filtergraph import Graph
from .attached_files import attaching_options
from .selection import COVER_ENCODER, Selection

_MIME_TYPES = {"mjpeg": ("image/jpeg", "jpg"), "png": ("image/png", "png")}
_ENCODERS = ("mjpeg", "png")


def attached(choice: Choice, selection: Selection) -> tuple[Stream, ...]:
    """Return the covers that become attached files; no stream is mapped for these."""
    if not attachments.attaches_covers(choice.container):
        return ()
    return tuple(s for s in selection.of_kind("video") if s.origin in selection.covers)


def extraction(choice: Choice, selection: Selection, attempt: str) -> list[str]:
    """Return the outputs of an earlier pass that writes each attached cover to its own file."""
    argv = []
    for number, cover in enumerate(attached(choice, selection)):
        argv += ["-map", cover.specifier, *_codec(cover, choice, selection, "")]
        argv += ["-frames:v", "1", "-f", "image2pipe", f"file:{_file(cover, number, attempt)}"]
    return argv


def options(
    choice: Choice, selection: Selection, attempt: str, infos: Sequence[MediaInfo]
) -> list[str]:
    """Return the options of covers, data tracks and attached files in the last pass."""
    argv = []
    for position, stream in enumerate(selection.of_kind("attachment")):
        argv += _file_tags(position, stream) if _strips_metadata(choice) else []
    first = len(selection.of_kind("attachment"))
    for number, cover in enumerate(attached(choice, selection)):
        mime_type, extension = _MIME_TYPES[_result_codec(cover, choice, selection)]
        name = f"cover{number or ''}.{extension}"
        metadata = f"-metadata:s:t:{first + number}"
        argv += ["-attach", f"file:{_file(cover, number, attempt)}"]
        argv += [metadata, f"mimetype={mime_type}", metadata, f"filename={name}"]
    argv += attaching_options(choice.spec, infos, first + len(attached(choice, selection)))
    if not attachments.attaches_covers(choice.container):
        argv += _mapped_covers(choice, selection)
    for kind, letter in (("data", "d"), ("attachment", "t")):
        argv += [f"-c:{letter}", COPY] if selection.of_kind(kind) else []
    return argv


def without_covers(argv: Sequence[str], selection: Selection) -> list[str]:
    """Return the options with each `…:v` narrowed to the video streams that are not covers."""
    if not selection.covers or not selection.video_streams:
        return list(argv)
    narrowed: list[str] = []
    words = iter(argv)
    for word in words:
        if not (word.startswith("-") and word.endswith(":v")):
            narrowed.append(word)
            continue
        value = next(words)
        for position in range(len(selection.video_streams)):
            narrowed += [f"{word}:{position}", value]
    return narrowed


def _mapped_covers(choice: Choice, selection: Selection) -> list[str]:
    argv = []
    covers = [s for s in selection.of_kind("video") if s.origin in selection.covers]
    for position, cover in enumerate(covers, len(selection.video_streams)):
        argv += _codec(cover, choice, selection, f":{position}")
        argv += [f"-disposition:v:{position}", "attached_pic"]
    if covers:
        argv += attachments.cover_options(choice.container)
        if choice.container.muxer == "mp3" and not _is_given(choice, "id3v2_version"):
            argv += ["-id3v2_version", "3"]  # not every player shows the pictures of version 4
    return argv


def _codec(cover: Stream, choice: Choice, selection: Selection, position: str) -> list[str]:
    encoder = _encoder(cover, choice, selection)
    filters = ",".join(map(str, _filters(choice, selection))) if encoder != COPY else ""
    filtered = [f"-filter:v{position}", filters] if filters else []
    return [*filtered, f"-c:v{position}", encoder]


def _encoder(cover: Stream, choice: Choice, selection: Selection) -> str:
    """Return the encoder of a cover; the job's video options apply if there is no video stream."""
    options = choice.spec.video_options
    if options and not selection.video_streams:
        if options.codec in _ENCODERS:
            return options.codec
        if _filters(choice, selection):
            return COVER_ENCODER
    return COPY if attachments.takes_cover_as_is(choice.container, cover.codec) else COVER_ENCODER


def _result_codec(cover: Stream, choice: Choice, selection: Selection) -> str:
    encoder = _encoder(cover, choice, selection)
    return cover.codec if encoder == COPY else encoder


def _filters(choice: Choice, selection: Selection) -> list[Graph]:
    options = choice.spec.video_options
    if options is None or selection.video_streams:
        return []
    graphs = video.chain(options.model_copy(update={"fps": None}))  # a still has no frame rate
    return located(graphs, choice.files, choice.spec)


def _file(cover: Stream, number: int, attempt: str) -> str:
    return f"{attempt}/cover{number}"


def _file_tags(position: int, stream: Stream) -> list[str]:
    """Return name and type of a file: Matroska requires them, but `-map_metadata` removes them."""
    found = {key: stream.tags.get(key) for key in ("filename", "mimetype")}
    tags = [f"{key}={text}" for key, text in found.items() if text]
    return [word for tag in tags for word in (f"-metadata:s:t:{position}", tag)]


def _strips_metadata(choice: Choice) -> bool:
    return bool(choice.spec.strip_metadata) or _is_given(choice, "map_metadata")


def _is_given(choice: Choice, name: str) -> bool:
    return any(option.name == name for option in choice.options)
