"""The job JSON: its frozen model, its grammars, its presets, and its parsing.

Imports `config`, `errors` and `states` only. Other packages import what this module exports, the
grammars and types of fields also from `spec.grammar` and `spec.types`.
"""

from . import presets, types
from .audio import Audio, Loudness
from .checks import counted_inputs
from .decoding import Excerpt
from .filenames import label_of
from .job import MAX_INPUTS, MAX_OUTPUTS, JobSpec
from .layers import Attachment, Overlay, Sound
from .output import Output
from .packages.package import Package, Rendition
from .packages.variant import Variant
from .parsing import build_job, load_job, parse_job, rebuild_job, to_fields
from .presets import Preset
from .sections import Input, Subtitles, Thumbnail, Video, WorkerChoice

__all__ = [
    "MAX_INPUTS",
    "MAX_OUTPUTS",
    "Attachment",
    "Audio",
    "Excerpt",
    "Input",
    "JobSpec",
    "Loudness",
    "Output",
    "Overlay",
    "Package",
    "Preset",
    "Rendition",
    "Sound",
    "Subtitles",
    "Thumbnail",
    "Variant",
    "Video",
    "WorkerChoice",
    "build_job",
    "counted_inputs",
    "label_of",
    "load_job",
    "parse_job",
    "presets",
    "rebuild_job",
    "to_fields",
    "types",
]
