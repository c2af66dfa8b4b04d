"""What may be asked of a job."""

from . import presets, types
from .filenames import label_of
from .job import JobSpec
from .parsing import build_job, load_job, parse_job, rebuild_job, to_fields
from .presets import Preset
from .sections import Audio, Input, Loudness, Subtitles, Thumbnail, Video

__all__ = [
    "Audio",
    "Input",
    "JobSpec",
    "Loudness",
    "Preset",
    "Subtitles",
    "Thumbnail",
    "Video",
    "build_job",
    "label_of",
    "load_job",
    "parse_job",
    "presets",
    "rebuild_job",
    "to_fields",
    "types",
]
