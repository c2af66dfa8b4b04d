"""FFmpeg: probing inputs, planning command lines, running them confined, checking results.

The rest of the project imports only what this module exports.
"""

from .binaries import Binaries, locate
from .discovery.cache import read_capabilities
from .discovery.merge import merge_capabilities
from .formats.containers import (
    FORMATS,
    NO_FILE,
    container_extensions,
    container_names,
    usable_muxers,
)
from .formats.media_types import media_type
from .formats.output_errors import named as named_warnings
from .formats.output_errors import under as naming_output
from .model.capabilities import Capabilities, Encoder
from .model.expected import Expected
from .model.failure import Failure, TranscodeError
from .model.limits import Limits
from .model.media_info import MediaInfo, Stream
from .model.plan import Pass, Plan
from .model.planned_output import Member, OutputKind, PlannedOutput
from .model.report import OnProgress, Report
from .planning.dry_run import DryRun, Requirements, check, dry_run
from .planning.overlap.eligibility import refusal as overlap_refusal
from .planning.overlap.piped import piped, require_same
from .planning.planner import plan
from .probing.arriving import probe_arriving
from .probing.description import Description, describe, describing_command, dry_description
from .probing.inspection import inspect
from .probing.probe import probe
from .process.evidence import Evidence
from .process.feeding import Arriving, Feeder
from .running.completeness import check_complete, report_warnings
from .running.lost_properties import lost_properties
from .running.packages.verify_package import VerifiedPackage, verify_package
from .running.produced import produced_files
from .running.transcode import Outcome, run
from .running.verify import verify
from .runtime import Runtime, make_runtime
from .sequences.probe import probe_sequence

__all__ = [
    "FORMATS",
    "NO_FILE",
    "Arriving",
    "Binaries",
    "Capabilities",
    "Description",
    "DryRun",
    "Encoder",
    "Evidence",
    "Expected",
    "Failure",
    "Feeder",
    "Limits",
    "MediaInfo",
    "Member",
    "OnProgress",
    "Outcome",
    "OutputKind",
    "Pass",
    "Plan",
    "PlannedOutput",
    "Report",
    "Requirements",
    "Runtime",
    "Stream",
    "TranscodeError",
    "VerifiedPackage",
    "check",
    "check_complete",
    "container_extensions",
    "container_names",
    "describe",
    "describing_command",
    "dry_description",
    "dry_run",
    "inspect",
    "locate",
    "lost_properties",
    "make_runtime",
    "media_type",
    "merge_capabilities",
    "named_warnings",
    "naming_output",
    "overlap_refusal",
    "piped",
    "plan",
    "probe",
    "probe_arriving",
    "probe_sequence",
    "produced_files",
    "read_capabilities",
    "report_warnings",
    "require_same",
    "run",
    "usable_muxers",
    "verify",
    "verify_package",
]
