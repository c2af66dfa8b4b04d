"""Everything needed to run FFmpeg: binaries, limits, sandbox."""

from dataclasses import dataclass

from ffremote.config import Settings

from .binaries import Binaries, locate
from .model.limits import Limits
from .sandbox.sandbox import Sandbox, choose_sandbox, sandbox_named


@dataclass(frozen=True, slots=True)
class Runtime:
    """The binaries, limits and sandbox of a worker."""

    binaries: Binaries
    limits: Limits
    sandbox: Sandbox


def make_runtime(settings: Settings, *, sandbox: str | None = None) -> Runtime:
    """Find FFmpeg and test the sandbox; raise ConfigurationError if either is unavailable.

    With `sandbox`, take the sandbox of that name without a test: another process has tested it.
    """
    binaries = locate(settings)
    if sandbox is None:
        chosen = choose_sandbox(settings, binaries)
    else:
        chosen = sandbox_named(sandbox, settings, binaries)
    return Runtime(binaries, Limits.from_settings(settings), chosen)
