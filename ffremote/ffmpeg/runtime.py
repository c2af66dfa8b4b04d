"""What running FFmpeg needs, in one hand."""

from dataclasses import dataclass

from ffremote.config import Settings

from .binaries import Binaries, locate
from .model.limits import Limits
from .sandbox.sandbox import Sandbox, choose_sandbox, sandbox_named


@dataclass(frozen=True, slots=True)
class Runtime:
    """The programs, the limits and the confinement of a worker."""

    binaries: Binaries
    limits: Limits
    sandbox: Sandbox


def make_runtime(settings: Settings, *, sandbox: str | None = None) -> Runtime:
    """Find FFmpeg and test the confinement; raise ConfigurationError when one cannot be had.

    With `sandbox`, take the confinement of that name, which another process of ours has tested.
    """
    binaries = locate(settings)
    if sandbox is None:
        chosen = choose_sandbox(settings, binaries)
    else:
        chosen = sandbox_named(sandbox, settings, binaries)
    return Runtime(binaries, Limits.from_settings(settings), chosen)
