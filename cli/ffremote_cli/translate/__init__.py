"""An ordinary ffmpeg command line as a job: what can be said in the job JSON, and what cannot."""

from .line import Line, read_line
from .refusal import CannotTranslate
from .translation import FirstPass, Translation, translate

__all__ = ["CannotTranslate", "FirstPass", "Line", "Translation", "read_line", "translate"]
