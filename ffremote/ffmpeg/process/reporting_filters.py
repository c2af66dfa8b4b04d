"""Finds, in a command line, the filters whose messages are measurements; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

REPORTING = frozenset(
    {"astats", "blackdetect", "cropdetect", "ebur128", "freezedetect", "idet", "libvmaf"}
    | {"loudnorm", "psnr", "scdet", "showinfo", "silencedetect", "ssim", "volumedetect", "xpsnr"}
)
_PRINTS_TEXT = ("metadata", "ametadata")
_NAME = re.compile(r"(?:^|[,;\]\s])([a-z0-9_]+)(?=[=@,;\[]|$)")
_SCENES = re.compile(r"\bselect=[^;]*\bscene\b[^;]*,showinfo\b")
_OPTIONS = ("-filter", "-vf", "-af", "-lavfi")


def reporting_filters(argv: Sequence[str], outputs: Sequence[int]) -> Mapping[str, int | None]:
    """Return the reporting filters of a pass, each with the only output that has it, or None.

    There are none beside filters that print what the input may have put into frames: a text with
    line breaks could look like a measurement. `showinfo` counts only behind `select` with `scene`.
    """
    found: dict[str, set[int | None]] = {}
    for output, text in _filter_texts(argv, outputs):
        names = set(_NAME.findall(text))
        if names.intersection(_PRINTS_TEXT):
            return {}
        if not _SCENES.search(text):
            names.discard("showinfo")
        for name in names & REPORTING:
            found.setdefault(name, set()).add(output)
    return {name: next(iter(of)) if len(of) == 1 else None for name, of in found.items()}


def _filter_texts(argv: Sequence[str], outputs: Sequence[int]) -> Iterator[tuple[int | None, str]]:
    """Yield each filter graph with its output; a graph of several outputs has none."""
    left = list(outputs)
    places = [place for place, word in enumerate(argv) if word == "-i"]
    first = places[-1] + 2 if places else 0
    for place in range(first, len(argv) - 1):
        word = argv[place]
        if word.startswith(_OPTIONS):
            is_shared = word.startswith(("-filter_complex", "-lavfi")) and len(outputs) > 1
            yield None if is_shared or not left else left[0], argv[place + 1]
        if word == "-f" and left:
            del left[0]
