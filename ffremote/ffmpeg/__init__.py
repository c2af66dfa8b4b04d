"""FFmpeg seen from outside: the only room that knows it."""

from .binaries import Binaries, locate
from .capabilities import Capabilities, Encoder, read_capabilities
from .desk import DryRun, check, dry_run, needs
from .facts import MediaFacts, Stream
from .failure import Failure, Stopped, TranscodeError
from .limits import Limits
from .plan import Expected, Pass, Plan
from .planning import plan

__all__ = [
    "Binaries",
    "Capabilities",
    "DryRun",
    "Encoder",
    "Expected",
    "Failure",
    "Limits",
    "MediaFacts",
    "Pass",
    "Plan",
    "Stopped",
    "Stream",
    "TranscodeError",
    "check",
    "dry_run",
    "locate",
    "needs",
    "plan",
    "read_capabilities",
]
