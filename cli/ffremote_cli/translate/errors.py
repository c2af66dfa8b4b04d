"""The only error of the translation."""

from ..errors import Misused


class CannotTranslate(Misused):
    """A part of the command line that the job JSON cannot express.

    `text` is that part as it was typed, `reason` why it is refused, `hint` the nearest alternative.
    """

    def __init__(self, text: str, reason: str, *, hint: str | None = None) -> None:
        super().__init__(f"{text}: {reason}", hint=hint)
        self.text = text
