"""FFmpeg seen from outside: the only room that knows it."""

from .binaries import Binaries, locate
from .capabilities import Capabilities, Encoder
from .containers import extensions as container_extensions
from .containers import names_of as container_names
from .containers import used_of as usable_muxers
from .desk import DryRun, check, dry_run, needs
from .facts import MediaFacts, Stream
from .failure import Failure, TranscodeError
from .fleetwide import together
from .limits import Limits
from .plan import Expected, Pass, Plan
from .planning import plan
from .probe import probe
from .report import Report, Stopped, Tick
from .running import Outcome, run
from .survey import read_capabilities
from .toolbox import Toolbox, make_toolbox
from .traits import lost_traits
from .verdict import judge
from .verify import verify

__all__ = [
    "Binaries",
    "Capabilities",
    "DryRun",
    "Encoder",
    "Expected",
    "Failure",
    "Limits",
    "MediaFacts",
    "Outcome",
    "Pass",
    "Plan",
    "Report",
    "Stopped",
    "Stream",
    "Tick",
    "Toolbox",
    "TranscodeError",
    "check",
    "container_extensions",
    "container_names",
    "dry_run",
    "judge",
    "locate",
    "lost_traits",
    "make_toolbox",
    "needs",
    "plan",
    "probe",
    "read_capabilities",
    "run",
    "together",
    "usable_muxers",
    "verify",
]
