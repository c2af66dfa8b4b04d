"""Several conversions at the same time, with their progress displayed."""

from collections.abc import Callable, Sequence

from ..client.client import Client
from ..settings.settings import Settings
from ..workflow.conversion import Conversion, ConversionResult
from ..workflow.parallel import run_parallel
from .progress import progress_display
from .progress_bars import ProgressDisplay
from .progress_lines import ProgressLines
from .summary import InputResult

Display = ProgressDisplay | ProgressLines


def convert_all(
    client: Client,
    conversions: Sequence[Conversion],
    settings: Settings,
    convert: Callable[[Conversion, Display], Conversion | ConversionResult],
    *,
    at_once: int,
) -> list[InputResult]:
    """Call `convert` for each conversion; return each input with its result or error, in order."""
    with progress_display(settings, count=len(conversions)) as display:
        results = run_parallel(
            conversions,
            lambda conversion: convert(conversion, display),
            at_once=at_once,
            stop=client.stop,
        )
    return [
        InputResult(conversion.shown, result)
        for conversion, result in zip(conversions, results, strict=True)
    ]
