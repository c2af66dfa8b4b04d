"""Finds, in a command line, the filters whose messages are measurements; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

REPORTING = frozenset(
    {"astats", "blackdetect", "cropdetect", "ebur128", "freezedetect", "idet", "libvmaf"}
    | {"loudnorm", "metadata", "psnr", "scdet", "showinfo", "silencedetect", "ssim"}
    | {"volumedetect", "xpsnr"}
)
_NAME = re.compile(r"(?:^|[,;\]\s])([a-z0-9_]+)(?=[=@,;\[]|$)")
_SELECT = r"(?:^|[,;\]])select=(?:'(?:e|expr)=[^']*\bscene\b[^']*'|(?:e|expr)=\w*\bscene\b\w*),"
_SHOWN_SCENES = re.compile(_SELECT + r"(?:[^;]*,)?showinfo\b")
_SCORES = re.compile(_SELECT + r"metadata=mode=print:key=lavfi\.scene_score(?=[,;\[]|$)")
_OPTIONS = ("-filter", "-vf", "-af", "-lavfi")


def reporting_filters(argv: Sequence[str], outputs: Sequence[int]) -> Mapping[str, int | None]:
    """Return the reporting filters of a pass, each with the only output that has it, or None.

    `showinfo` counts only behind `select` with `scene`, and `metadata` directly behind it, where it
    prints the score that `select` has set; other metadata of frames may come from the input.
    """
    found: dict[str, set[int | None]] = {}
    printing = scores = 0
    for output, text in _filter_texts(argv, outputs):
        names = _NAME.findall(text)
        printing += names.count("metadata")
        scores += len(_SCORES.findall(text))
        wanted = REPORTING.intersection(names)
        for name in wanted if _SHOWN_SCENES.search(text) else wanted - {"showinfo"}:
            found.setdefault(name, set()).add(output)
    if printing > scores:
        found.pop("metadata", None)
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
