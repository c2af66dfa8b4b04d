"""From bytes to a frozen `JobSpec`, with refusals that name the field."""

import difflib
import json
from collections.abc import Collection, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ffremote.errors import InvalidArgument

from .filenames import escaped
from .job import OFF, ON, JobSpec
from .presets import Preset, merge
from .strict_json import read_object
from .types import STORED

_SHOWN = 60
# pydantic's kinds of errors, in our words
_WORDS = {
    "greater_than_equal": "the least is {ge}",
    "less_than_equal": "the most is {le}",
    "string_too_long": "it is longer than {max_length} characters",
    "too_long": "it has more than {max_length} items",
    "literal_error": "it should be {expected}",
    "int_type": "it should be a whole number",
    "int_from_float": "it should be a whole number",
    "float_type": "it should be a number",
    "finite_number": "it should be a number",
    "string_type": "it should be text",
    "bool_type": "it should be true or false",
    "list_type": "it should be a list",
    "tuple_type": "it should be a list",
    "dict_type": "it should be an object",
    "model_type": "it should be an object",
}
_UNION_TAGS = (ON, OFF, "[key]", "float", "Loudness")


def parse_job(
    raw: bytes,
    *,
    presets: Mapping[str, Preset] | None = None,
    containers: Collection[str] = (),
) -> JobSpec:
    """Read the job JSON of a client; `presets` are those that it may name.

    `containers` are the extensions that win over the container of a preset.
    Raises InvalidArgument with the dotted path of the first wrong field. The spec that comes back
    holds the preset's fields already, so a later change of a preset changes no stored job.
    """
    return build_job(read_object(raw), presets=presets, containers=containers)


def build_job(
    job: dict[str, Any],
    *,
    presets: Mapping[str, Preset] | None = None,
    containers: Collection[str] = (),
) -> JobSpec:
    """Check a job that is Python data already; otherwise as `parse_job`."""
    return _validated(merge(job, presets or {}, containers))


def load_job(stored: str) -> JobSpec:
    """Read back what `JobSpec.to_json` wrote."""
    return JobSpec.model_validate_json(stored, context=STORED)


def to_fields(spec: JobSpec) -> dict[str, Any]:
    """Return the fields that the job sets, for `rebuild_job` to read after a change."""
    return spec.model_dump(exclude_none=True, exclude_defaults=True)


def rebuild_job(fields: dict[str, Any]) -> JobSpec:
    """Check changed `to_fields` of an accepted job; raise InvalidArgument as `parse_job`.

    Its preset was merged before and is not merged again.
    """
    return _validated(fields, context=STORED)


def _validated(fields: dict[str, Any], context: dict[str, bool] | None = None) -> JobSpec:
    try:
        return JobSpec.model_validate(fields, context=context)
    except ValidationError as exc:
        raise _refusal(exc.errors(include_url=False)[0]) from exc


def _refusal(error: ErrorDetails) -> InvalidArgument:
    field = _dotted(error["loc"])
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        return InvalidArgument(field, f"Unknown key {name!r}{_suggestion(error)}")
    if error["type"] == "missing":
        return InvalidArgument(field, f"{field} is required.")
    if not error["loc"]:
        text = error["msg"].removeprefix("Value error, ")
        return InvalidArgument(text.split()[0], f"{text}.")
    return InvalidArgument(field, f"{field} cannot be {_shown(error['input'])}: {_why(error)}.")


def _why(error: ErrorDetails) -> str:
    if error["type"] == "string_pattern_mismatch":
        examples = _examples(error["loc"])
        return f"it should look like {examples}" if examples else "it does not have the right form"
    if error["loc"][-1] == OFF:
        return "it should be an object, or false"
    words = _WORDS.get(error["type"])
    if words is not None:
        return words.format_map(error.get("ctx", {}))
    return _lower(error["msg"].removeprefix("Value error, "))


def _examples(location: tuple[int | str, ...]) -> str:
    """Write the examples of the field at `location`, from the model."""
    model: type[BaseModel] | None = JobSpec
    found: list[Any] = []
    for step in location:
        if model is not None and isinstance(step, str) and step in model.model_fields:
            found = model.model_fields[step].examples or []
            model = _model_of(model, step)
    return " or ".join(json.dumps(example) for example in found)


def _dotted(location: tuple[int | str, ...]) -> str:
    """Write a pydantic location as our clients know it: `extra_args[2]`, `video.codec`."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step not in _UNION_TAGS and not step.startswith("constrained"):
            path += f".{step}" if path else step
    return path or "job"


def _suggestion(error: ErrorDetails) -> str:
    model: type[BaseModel] | None = JobSpec
    for step in error["loc"][:-1]:
        if step not in (ON, OFF) and model is not None:
            model = _model_of(model, str(step))
    names = list(model.model_fields) if model else []
    close = difflib.get_close_matches(str(error["loc"][-1]), names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; the keys are {', '.join(names)}."


def _model_of(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """Find the model inside an annotation such as `Annotated[Video | False, …] | None`."""
    if name not in model.model_fields:
        return None
    pending: list[Any] = [model.model_fields[name].annotation]
    while pending:
        kind = pending.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        pending.extend(get_args(kind))
    return None


def _shown(value: Any) -> str:
    text = escaped(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
