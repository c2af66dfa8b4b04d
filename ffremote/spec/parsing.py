"""Parse a job JSON into a frozen `JobSpec`, with errors that name the field."""

import difflib
import json
from collections.abc import Collection, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ffremote.errors import InvalidArgument

from .filenames import escaped
from .job import JobSpec
from .output import OFF, ON
from .presets import Preset, merge
from .strict_json import read_object
from .types import STORED

_SHOWN = 60
# texts for pydantic's types of errors
_REASONS = {
    "greater_than_equal": "the minimum is {ge}",
    "less_than_equal": "the maximum is {le}",
    "string_too_long": "it is longer than {max_length} characters",
    "too_long": "it has more than {max_length} items",
    "too_short": "it has no items",
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
    """Return the job in the JSON text `raw`; `presets` are those that it may name.

    `containers` are the file extensions that win over the container of a preset.
    Raise InvalidArgument with the dotted path of the first wrong field. The fields of the preset
    are part of the returned spec, so a later change of the preset changes no stored job.
    """
    return build_job(read_object(raw), presets=presets, containers=containers)


def build_job(
    job: dict[str, Any],
    *,
    presets: Mapping[str, Preset] | None = None,
    containers: Collection[str] = (),
) -> JobSpec:
    """Return a job from decoded JSON; otherwise as `parse_job`."""
    return _validated(merge(job, presets or {}, containers))


def load_job(stored: str) -> JobSpec:
    """Return the job that `JobSpec.to_json` wrote."""
    return JobSpec.model_validate_json(stored, context=STORED)


def to_fields(spec: JobSpec) -> dict[str, Any]:
    """Return the fields that the job sets; `rebuild_job` reads them after a change."""
    return spec.model_dump(exclude_none=True, exclude_defaults=True)


def rebuild_job(fields: dict[str, Any]) -> JobSpec:
    """Return the job of `fields`, a changed result of `to_fields`; raise as `parse_job`.

    The preset is not merged again.
    """
    return _validated(fields, context=STORED)


def _validated(fields: dict[str, Any], context: dict[str, bool] | None = None) -> JobSpec:
    try:
        return JobSpec.model_validate(fields, context=context)
    except ValidationError as exc:
        raise _invalid_argument(exc.errors(include_url=False)[0]) from exc


def _invalid_argument(error: ErrorDetails) -> InvalidArgument:
    field = _dotted(error["loc"])
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        return InvalidArgument(field, f"Unknown key {name!r}{_suggestion(error)}")
    if error["type"] == "missing":
        return InvalidArgument(field, f"{field} is required.")
    if not error["loc"]:
        text = error["msg"].removeprefix("Value error, ")
        return InvalidArgument(text.split()[0], f"{text}.")
    return InvalidArgument(field, f"{field} cannot be {_shown(error['input'])}: {_reason(error)}.")


def _reason(error: ErrorDetails) -> str:
    if error["type"] == "string_pattern_mismatch":
        examples = _examples(error["loc"])
        return f"it should look like {examples}" if examples else "it does not have the right form"
    if error["loc"][-1] == OFF:
        return "it should be an object, or false"
    reason = _REASONS.get(error["type"])
    if reason is not None:
        return reason.format_map(error.get("ctx", {}))
    return _as_clause(error["msg"].removeprefix("Value error, "))


def _examples(location: tuple[int | str, ...]) -> str:
    """Return the model's examples for the field at `location`, joined by "or"."""
    model: type[BaseModel] | None = JobSpec
    found: list[Any] = []
    for step in location:
        if model is not None and isinstance(step, str) and step in model.model_fields:
            found = model.model_fields[step].examples or []
            model = _model_of(model, step)
    return " or ".join(json.dumps(example) for example in found)


def _dotted(location: tuple[int | str, ...]) -> str:
    """Return a pydantic location as a path in the job JSON: `extra_args[2]`, `video.codec`."""
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
        if isinstance(step, str) and step not in _UNION_TAGS and model is not None:
            model = _model_of(model, step)
    names = list(model.model_fields) if model else []
    close = difflib.get_close_matches(str(error["loc"][-1]), names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; the keys are {', '.join(names)}."


def _model_of(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """Return the model inside an annotation such as `Annotated[Video | False, …] | None`."""
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


def _as_clause(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
