"""Attaches uploaded fonts and pictures to a result, each as it is."""

from collections.abc import Sequence

from ffremote.spec import JobSpec
from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.media_info import MediaInfo, is_still

# the types by which players find fonts and covers in Matroska
_FONTS = {
    "ttf": ("application/x-truetype-font", "font{}.ttf"),
    "otf": ("application/vnd.ms-opentype", "font{}.otf"),
    "ttc": ("application/x-truetype-font", "font{}.ttc"),
}
_PICTURES = {"mjpeg": ("image/jpeg", "cover.jpg"), "png": ("image/png", "cover.png")}


def attaching_options(spec: JobSpec, infos: Sequence[MediaInfo], first: int) -> list[str]:
    """Return the options that attach files, the first as attachment number `first`.

    `infos` has what each input contains. Raise TranscodeError for a medium that is no picture.
    """
    argv = []
    for place, each in enumerate(spec.attachments or ()):
        mime_type, name = _type_of(infos[each.input], f"attachments[{place}]", each.input)
        metadata = f"-metadata:s:t:{first + place}"
        argv += ["-attach", f"file:inputs/{each.input}/input", metadata, f"mimetype={mime_type}"]
        argv += [metadata, f"filename={each.filename or name.format(each.input)}"]
    return argv


def _type_of(info: MediaInfo, field: str, number: int) -> tuple[str, str]:
    """Return the MIME type and the default name of an attached file."""
    found = _FONTS.get(info.format)
    if found is None and is_still(info) and len(info.streams) == 1:
        found = _PICTURES.get(info.streams[0].codec)
    if found is None:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            f"{field}.input names input {number}, which is no font and no JPEG or PNG picture.",
            "Other pictures can be converted first.",
        )
    return found
