"""The API's documentation: OpenAPI for programs, and an HTML page made from it."""

from html import escape
from typing import Any

from flask import Blueprint, Response, current_app, jsonify

from ..openapi.document import build_document

blueprint = Blueprint("description", __name__)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { border-bottom: 1px solid #8888; margin-top: 2.5rem }
code { font-family: ui-monospace, monospace }
table { border-collapse: collapse }
td { padding: .2rem .8rem .2rem 0; vertical-align: top }
b { display: inline-block; min-width: 5rem } :root { color-scheme: light dark }
"""


@blueprint.get("/api/v1/openapi.json")
def openapi() -> Response:
    """Return the description of the API in OpenAPI 3.1."""
    return jsonify(build_document(current_app))


@blueprint.get("/docs")
def docs() -> Response:
    """Show the description of the API as a page."""
    document = build_document(current_app)
    calls = "".join(
        _call(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    objects = "".join(_object(n, s) for n, s in sorted(document["components"]["schemas"].items()))
    response = Response(PAGE.format(style=STYLE, calls=calls, objects=objects))
    response.headers["Content-Security-Policy"] = POLICY
    return response


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>ffremote API</title>
<meta name="viewport" content="width=device-width"><style>{style}</style>
<h1>ffremote API</h1>
<p>The same for programs: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>. Errors are
<code>{{"error":{{"code","message","details"}}}}</code> on every path.</p>
{calls}<h1>Objects</h1>{objects}</html>
"""


def _call(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = [(p["name"], p["in"], _type_text(p["schema"])) for p in operation["parameters"]]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        rows.append(("body", kind, _type_text(content["schema"])))
    for status, response in operation["responses"].items():
        kinds = [_type_text(c["schema"]) for c in response.get("content", {}).values()]
        rows.append((status, response["description"], ", ".join(kinds)))
    return (
        f"<h2><b>{escape(method.upper())}</b> <code>{escape(path)}</code></h2>"
        f"<p>{escape(operation['summary'])}.</p>{_table(rows)}"
    )


def _object(name: str, schema: dict[str, Any]) -> str:
    rows = [
        (key, _type_text(property_schema), property_schema.get("description", ""))
        for key, property_schema in schema.get("properties", {}).items()
    ]
    return f'<h2 id="{escape(name)}">{escape(name)}</h2>{_table(rows)}'


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = "".join(
        f"<tr><td><code>{escape(first)}</code><td>{escape(second)}<td>{escape(third)}"
        for first, second, third in rows
    )
    return f"<table>{lines}</table>"


def _type_text(schema: dict[str, Any]) -> str:
    """Return a schema's type as short text."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " or ".join(_type_text(property_schema) for property_schema in schema[choice])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type_text(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("const") or schema.get("type") or "any")
