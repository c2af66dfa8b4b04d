"""Refuses a file of the job whose name a file of one of its packages could have."""

import re
from collections.abc import Sequence

from ffremote.errors import InvalidArgument

from ...model.planned_output import OutputKind, PlannedOutput


def refuse_same_names(outputs: Sequence[PlannedOutput]) -> None:
    """Raise InvalidArgument for an output with the name of a member of another one."""
    patterns = [member.pattern for output in outputs for member in output.members]
    for number, output in enumerate(outputs):
        if output.kind is OutputKind.FILE and any(
            re.fullmatch(pattern, output.name, re.IGNORECASE) for pattern in patterns
        ):
            field = f"outputs[{number}].output_filename"
            raise InvalidArgument(
                field, f"{field} is {output.name}, a name in the package of another output."
            )
