"""Builds the OpenAPI document from the app's routes, their docstrings, and the tables here."""

import inspect
import re
from http import HTTPStatus
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

import ffremote

from .answers import add_examples
from .examples import EXAMPLES
from .operation import Operation
from .operations import OPERATIONS
from .schemas import all_schemas
from .shapes import COUNT, ID, TEXT, ref
from .worker_operations import worker_schemas

# HTML pages, which are no part of the API.
PAGES = frozenset({"page.show", "page.asset", "description.docs"})
IMPLIED = frozenset({"HEAD", "OPTIONS"})
TAGS = {
    "jobs": "Jobs: submit, follow and cancel them, and download their results.",
    "events": "What changes, as server-sent events.",
    "files": "The files of a completed job, one by one.",
    "signed_files": "The same files below a path that a player can use without a token.",
    "uploads": "Resumable uploads with tus 1.0.0.",
    "service": "The service's capabilities and workers.",
    "service_state": "How the service is, in words and numbers.",
    "sessions": "Sign-in of a page: a cookie that stands for a token.",
    "invited": "How an invited worker gets its token.",
    "remote_workers": "Workers over HTTP; these paths are 404 until a worker's token exists.",
    "remote_claims": "Jobs that a worker over HTTP has claimed.",
    "remote_files": "Inputs and results of claimed jobs.",
    "health": "For supervisors and load balancers; no token is required.",
    "metrics": "Metrics for Prometheus.",
    "description": "This document.",
}
# Every operation may fail with these: token, Host or Origin refused, database unavailable.
ALWAYS = (401, 403, 503)
_PATH_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def build_document(app: Flask, *, root: str = "/") -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `app`, whose paths are below `root`.

    Raise KeyError for a route not in `OPERATIONS`.
    """
    schemas = all_schemas() | worker_schemas()
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in PAGES:
            path_item = paths.setdefault(_PATH_PARAMETER.sub(r"{\1}", rule.rule), {})
            path_item.update(_methods(app, rule))
    add_examples(paths, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ffremote",
            "version": ffremote.__version__,
            "description": "FFmpeg jobs over HTTP: submit, follow, cancel and download them.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": root, "description": "The server that sent this document."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "ffremote_session"},
            },
        },
        "security": [{}, {"token": []}, {"session": []}],
    }


def _methods(app: Flask, rule: Rule) -> dict[str, Any]:
    operations = {}
    for method in sorted(rule.methods or ()):
        key = (rule.endpoint, method)
        if method not in IMPLIED or key in OPERATIONS:
            operations[method.lower()] = _operation(app, rule, method, OPERATIONS[key])
    return operations


def _operation_id(rule: Rule, method: str) -> str:
    """Return the unique id of an operation; one view may serve several methods and paths."""
    name = rule.endpoint.replace(".", "_")
    if method == "HEAD":
        return f"{name}_head"
    return f"{name}_of_one" if method == "OPTIONS" and rule.arguments else name


def _operation(app: Flask, rule: Rule, method: str, operation: Operation) -> dict[str, Any]:
    docstring = inspect.getdoc(app.view_functions[rule.endpoint]) or ""
    described: dict[str, Any] = {
        "operationId": _operation_id(rule, method),
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": docstring.split("\n")[0].rstrip("."),
        "description": " ".join(docstring.split()),
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": _schema_of(name)}
                for name in _PATH_PARAMETER.findall(rule.rule)
            ),
            *(parameter.to_json() for parameter in operation.parameters),
        ],
        "responses": {
            **{str(status): _error(status) for status in (*ALWAYS, *operation.errors)},
            **{
                str(status): _response(status, content)
                for status, content in operation.responses.items()
            },
        },
    }
    if operation.body:
        content = {kind: _body(schema) for kind, schema in operation.body}
        described["requestBody"] = {"content": content}
    return described


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    examples = EXAMPLES.get(schema.get("$ref", "").rpartition("/")[2])
    return {"schema": schema} | ({"examples": examples} if examples else {})


def _schema_of(name: str) -> dict[str, Any]:
    if name == "number":
        return COUNT
    return ID if name in ("job_id", "upload_id", "worker_id") else TEXT


def _response(status: int, content: tuple[str, dict[str, Any]] | None) -> dict[str, Any]:
    response: dict[str, Any] = {"description": _phrase(status)}
    if content is not None:
        response["content"] = {content[0]: {"schema": content[1]}}
    return response


def _error(status: int) -> dict[str, Any]:
    return _response(status, ("application/json", ref("Error")))


def _phrase(status: int) -> str:
    return "Checksum Mismatch" if status == 460 else HTTPStatus(status).phrase
