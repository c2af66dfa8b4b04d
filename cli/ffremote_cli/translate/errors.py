"""The error of the translation, and the one for an input that the line does not have."""

from ..errors import Misused


class CannotTranslate(Misused):
    """A part of the command line that the job JSON cannot express.

    `text` is that part as it was typed, `reason` why it is refused, `hint` the nearest alternative.
    """

    def __init__(self, text: str, reason: str, *, hint: str | None = None) -> None:
        super().__init__(f"{text}: {reason}", hint=hint)
        self.text = text


def no_such_input(text: str, number: int, count: int) -> CannotTranslate:
    """Return the error for `text`, which names the input `number` of `count`."""
    has = "one input" if count == 1 else f"{count} inputs"
    return CannotTranslate(text, f"there is no input {number}; the line has {has}, counted from 0")
