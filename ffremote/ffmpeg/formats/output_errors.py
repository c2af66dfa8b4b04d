"""Names the output in errors and warnings about one of several."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec, Output

from ..model.failure import TranscodeError


@contextmanager
def under(prefix: str) -> Iterator[None]:
    """Put `prefix`, such as `outputs[1].`, before the field of an InvalidArgument raised inside.

    Fields of the whole job, such as `graph`, stay as they are, and so does all for no prefix. The
    message of a TranscodeError begins with the output, too.
    """
    try:
        yield
    except InvalidArgument as exc:
        key = exc.field.partition(".")[0].partition("[")[0]
        if not prefix or key not in Output.model_fields:
            raise
        begins = exc.message.startswith(exc.field)
        message = f"{prefix if begins else ''}{exc.message}"
        raise InvalidArgument(f"{prefix}{exc.field}", message) from exc
    except TranscodeError as exc:
        if not prefix:
            raise
        message = f"{prefix.rstrip('.')}: {exc.failure.message}"
        raise TranscodeError(replace(exc.failure, message=message)) from exc


def named(product: JobSpec, count: int, warnings: Iterable[str]) -> list[str]:
    """Return warnings about one of `count` outputs; beside others they begin with its name."""
    name = "" if count == 1 else f"{product.output_filename}: "
    return [f"{name}{warning}" for warning in warnings]
