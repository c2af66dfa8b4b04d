"""`ffremote measure`: measure sound and picture of media files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ...formatting import print_json
from ...settings.command_options import at_once_option
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand, shows_progress
from ...ui.conversions import Display, convert_all
from ...ui.report import raise_failure
from ...ui.summary import InputResult
from ...workflow.conversion import Conversion, ConversionResult, run
from ...workflow.inputs import expand_inputs
from ...workflow.interrupt import CtrlC

_AUDIO = {"volume": "volumedetect", "silence": "silencedetect", "loudness": "ebur128=peak=true"}
_VIDEO = {
    "black": "blackdetect",
    "freeze": "freezedetect",
    "crop": "cropdetect",
    "scenes": "scdet",
    "interlace": "idet",
}
_EXAMPLES = (
    "ffremote measure in.mp4",
    "ffremote measure --loudness *.mp3 --json",
)
_PLACE = ("filter", "instance", "output")


@shows_progress
@click.command(cls=SharedCommand, name="measure", examples=_EXAMPLES)
@click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--loudness", is_flag=True, help="Loudness and true peak (EBU R128).")
@click.option("--volume", is_flag=True, help="Mean and highest volume.")
@click.option("--silence", is_flag=True, help="Silences of 2 s or more.")
@click.option("--black", is_flag=True, help="Black pictures of 2 s or more.")
@click.option("--freeze", is_flag=True, help="Pictures that stand still for 2 s or more.")
@click.option("--crop", is_flag=True, help="The picture without black bars.")
@click.option("--scenes", is_flag=True, help="Times of cuts.")
@click.option("--interlace", is_flag=True, help="How many frames are interlaced.")
@at_once_option
def command(paths: tuple[Path, ...], at_once: int, **wanted: bool) -> None:
    """Measure sound and picture of media files: by default all that the options name.

    Each FILE is uploaded, or taken from the server if it is there, and decoded once. With --json,
    one line per file has all figures; docs/api.md lists them under "What FFmpeg measured".
    """
    settings = current_settings()
    kinds = [kind for kind, is_wanted in wanted.items() if is_wanted] or list(wanted)
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        conversions = [Conversion(path, _job(kinds), None) for path in expand_inputs(paths)]

        def measure(conversion: Conversion, display: Display) -> ConversionResult:
            return run(client, conversion, display.view(conversion.shown.name))

        ends = convert_all(client, conversions, settings, measure, at_once=at_once)
    for end in ends:
        _print(end, as_json=settings.json, is_alone=len(ends) == 1)
    raise_failure(ends)


def _job(kinds: list[str]) -> dict[str, Any]:
    """Return the job that measures; a kind of stream that nothing measures is left out."""
    job: dict[str, Any] = {"output_filename": "measured.null", "container": "null"}
    for key, filters in (("video", _VIDEO), ("audio", _AUDIO)):
        chain = [text for kind, text in filters.items() if kind in kinds]
        job[key] = {"filters": [",".join(chain)]} if chain else False
    return job


def _print(end: InputResult, *, as_json: bool, is_alone: bool) -> None:
    path, result = end
    if isinstance(result, ConversionResult):
        found = result.job.get("measurements") or {}
        if as_json:
            print_json({"path": str(path), "measurements": found})
        else:
            click.echo("\n".join([str(path), *_lines(found)]))
    elif as_json and not is_alone and not isinstance(result, Conversion):
        print_json({"path": str(path), **result.to_json()})


def _lines(found: Mapping[str, Any]) -> list[str]:
    """Return a line for each measurement, such as `  volume     mean_db -24.1, max_db -20.7`."""
    lines = []
    for kind, entries in found.items():
        for entry in entries if kind != "cut" else ():
            figures = (f"{key} {value}" for key, value in entry.items() if key not in _PLACE)
            lines.append(f"  {kind:<10} {', '.join(figures)}")
    return lines or ["  nothing was found"]
