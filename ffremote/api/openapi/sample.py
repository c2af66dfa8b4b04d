"""Examples of values, made from their schemas."""

from collections.abc import Mapping
from typing import Any

from .shapes import REF, Schema

ID = "6f1c1f7e-3d0b-4c59-9d0e-1d7f6f3b8a52"
BY_FORMAT: dict[str, Any] = {"uuid": ID, "date-time": "2026-01-31T12:00:00.000Z", "binary": "…"}
# What a text is, by the name of its property.
BY_NAME = {
    "output_filename": "holiday.mp4",
    "input_filename": "holiday.mov",
    "filename": "holiday.mov",
    "name": "holiday.mp4",
    "message": "Waits for a worker.",
    "worker_id": ID,
    "host": "box",
    "version": "1.0.0",
    "command": "ffmpeg -i file:input -c:v libx264 file:out.mp4",
    "next_cursor": "MjAyNi0wMS0zMQ",
    "code": "INVALID_ARGUMENT",
    "level": "warning",
    "token": "the secret",
}
DEEPEST = 8


def sample(schema: Schema, schemas: Mapping[str, Schema], *, name: str = "", depth: int = 0) -> Any:
    """Return a value that fits `schema`; `name` is that of the property that it is for."""
    if "$ref" in schema:
        target = schemas[str(schema["$ref"]).removeprefix(REF)]
        return sample(target, schemas, name=name, depth=depth + 1)
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for choices in (schema.get("anyOf"), schema.get("oneOf")):
        if choices:
            return sample(choices[0], schemas, name=name, depth=depth + 1)
    return _of_type(schema, schemas, name, depth)


def _of_type(schema: Schema, schemas: Mapping[str, Schema], name: str, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        wanted = [key for key in properties if key in schema.get("required", ())]
        return {k: sample(properties[k], schemas, name=k, depth=depth + 1) for k in wanted}
    if kind == "array":
        if depth > DEEPEST:
            return []
        return [sample(schema.get("items", {}), schemas, depth=depth + 1)]
    if kind == "integer":
        return int(schema.get("minimum", 1)) or 1
    plain: dict[Any, Any] = {"number": 1.5, "boolean": True}
    return plain[kind] if kind in plain else _text(schema, name)


def _text(schema: Schema, name: str) -> str:
    pattern = str(schema.get("pattern", ""))
    if "0-9a-f]{64}" in pattern:
        return "0" * 64
    if pattern.startswith("^[A-Za-z0-9][A-Za-z0-9_.") and "=" in pattern:
        return "film=42"
    return str(BY_FORMAT.get(schema.get("format", "")) or BY_NAME.get(name, "text"))
