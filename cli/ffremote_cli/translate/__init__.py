"""Translation of an ordinary ffmpeg command line into the job JSON.

What the job JSON cannot express raises CannotTranslate. Opens no file and calls no server.
Imports `errors` and `file_names`; `ffmpeg_cli` and `commands.media.ffmpeg` import it.
"""

from .command_line.parser import CommandLine, InputFile, Option, parse
from .errors import CannotTranslate
from .sections.pattern import Pattern
from .sections.variants import variants_of
from .translation import FirstPass, SourceFile, Translation, translate

__all__ = [
    "CannotTranslate",
    "CommandLine",
    "FirstPass",
    "InputFile",
    "Option",
    "Pattern",
    "SourceFile",
    "Translation",
    "parse",
    "translate",
    "variants_of",
]
