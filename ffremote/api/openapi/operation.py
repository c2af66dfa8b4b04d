"""What describes one operation: its parameters, bodies and responses."""

from dataclasses import dataclass
from typing import Any

from .shapes import TEXT, Schema

BINARY: Schema = {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter or a header of a request."""

    name: str
    schema: Schema
    location: str = "query"
    required: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the parameter as an OpenAPI object."""
        return {
            "name": self.name,
            "in": self.location,
            "required": self.required,
            "schema": self.schema,
        }


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    `responses` maps a status to (media type, schema), None for an empty body; `errors` are the
    statuses of its error documents; `body` lists the accepted (media type, schema).
    """

    responses: dict[int, tuple[str, Schema] | None]
    errors: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: tuple[tuple[str, Schema], ...] = ()


def header(name: str, schema: Schema = TEXT, *, required: bool = False) -> Parameter:
    """Return a header of a request."""
    return Parameter(name, schema, "header", required)


CHUNK_TYPE = ("application/offset+octet-stream", BINARY)
RANGE = (header("Range"), header("If-Range"), header("If-None-Match"))
