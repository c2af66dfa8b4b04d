"""The parts that schemas of the API are made of."""

from typing import Any

Schema = dict[str, Any]
REF = "#/components/schemas/"

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
ID: Schema = {"type": "string", "format": "uuid"}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
# A job's label, `name=value`.
LABEL_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.\-/]{0,62}=[^\x00-\x1f\x7f]{0,255}$"
LABEL: Schema = {"type": "string", "pattern": LABEL_PATTERN}
NAME_CHARACTERS = 255
# A part of a job's name.
NAME: Schema = {
    "type": "string",
    "maxLength": NAME_CHARACTERS,
    "pattern": r"^[^\x00-\x1f\x7f]*$",
}
TEXTS: Schema = {"type": "array", "items": TEXT}
ANY: Schema = {"type": "object"}


def ref(name: str) -> Schema:
    """Return a reference to a named schema of the document."""
    return {"$ref": f"{REF}{name}"}


def object_of(**properties: Schema) -> Schema:
    """Return the schema of an object with all of these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def or_null(schema: Schema) -> Schema:
    """Return the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def list_of(name: str) -> Schema:
    """Return the schema of a list of a named schema."""
    return {"type": "array", "items": ref(name)}


def extended(schema: Schema, **optional: Schema) -> Schema:
    """Return an object's schema with properties that need not be there."""
    return {**schema, "properties": {**schema["properties"], **optional}}
