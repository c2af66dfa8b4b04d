"""What running FFmpeg needs, in one hand."""

from dataclasses import dataclass

from ffremote.config import Settings

from .binaries import Binaries, locate
from .limits import Limits
from .sandbox import Sandbox, choose_sandbox


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The programs, the limits and the confinement of a worker."""

    binaries: Binaries
    limits: Limits
    sandbox: Sandbox


def make_toolbox(settings: Settings) -> Toolbox:
    """Find FFmpeg and test the confinement; raise ConfigurationError when one cannot be had."""
    binaries = locate(settings)
    return Toolbox(binaries, Limits.from_settings(settings), choose_sandbox(settings, binaries))
