"""The one error of the translation."""

from ..errors import Misused


class CannotTranslate(Misused):
    """Something on the command line that no job can say; the hint is the nearest way."""

    def __init__(self, word: str, why: str, *, hint: str | None = None) -> None:
        super().__init__(f"{word}: {why}", hint=hint)
        self.word = word
