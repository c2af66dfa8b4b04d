"""Picture files beside other inputs become covers of the result."""

from collections.abc import Sequence
from dataclasses import replace

from ..formats import attachments
from ..formats.decision import Choice
from ..model.media_info import MediaInfo, is_still
from ..policy.options import Option


def with_picture_files(
    choice: Choice, infos: Sequence[MediaInfo]
) -> tuple[Choice, Sequence[MediaInfo]]:
    """Return the inputs with each picture file as a cover, where the job wants it as one.

    That is in every audio file, and beside a video if `-disposition` says `attached_pic`; the
    option itself is left out then, because the planner writes it for the covers.
    """
    marks = [option for option in choice.options if _marks_cover(option)]
    wants = choice.container.video is None or bool(marks)
    if len(infos) < 2 or not wants or not attachments.takes_covers(choice.container):
        return choice, infos
    found = [
        _as_cover(info) if is_still(info) and not source.loop and not _is_read(choice, n) else info
        for n, (source, info) in enumerate(zip(choice.spec.sources, infos, strict=True))
    ]
    if found == list(infos):
        return choice, infos
    options = tuple(option for option in choice.options if option not in marks)
    return replace(choice, options=options), found


def _as_cover(info: MediaInfo) -> MediaInfo:
    return replace(info, streams=tuple(replace(each, is_picture=True) for each in info.streams))


def _is_read(choice: Choice, number: int) -> bool:
    """Whether the job's filter graph may read the input, or a key of the job names it."""
    pads = choice.graph.inputs if choice.graph else ()
    return number in choice.spec.apart or any(
        pad.label is None or pad.label.split(":")[0] == str(number) for pad in pads
    )


def _marks_cover(option: Option) -> bool:
    return option.name == "disposition" and (option.value or "").lstrip("+") == "attached_pic"
