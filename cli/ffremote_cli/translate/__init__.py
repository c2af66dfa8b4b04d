"""An ordinary ffmpeg command line as a job: what can be said in the job JSON, and what cannot."""

from .errors import CannotTranslate
from .line.command_line import Line, Option, read_line
from .translation import FirstPass, Translation, translate

__all__ = [
    "CannotTranslate",
    "FirstPass",
    "Line",
    "Option",
    "Translation",
    "read_line",
    "translate",
]
