"""The API described: the app's own routes and docstrings, and the tables beside them."""

import inspect
import re
from http import HTTPStatus
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

import ffremote

from .operations import OPERATIONS, Operation
from .schemas import EXAMPLES, ID, TEXT, all_schemas, ref

# Pages for people, which promise nothing to programs.
PAGES = frozenset({"dashboard.page", "dashboard.asset", "description.docs"})
IMPLIED = frozenset({"HEAD", "OPTIONS"})
TAGS = {
    "jobs": "Jobs: sent, watched, canceled, and their results.",
    "uploads": "Resumable uploads, by tus 1.0.0.",
    "service": "What the service can do, and its workers.",
    "health": "For supervisors and load balancers; no token is needed.",
    "metrics": "Numbers for Prometheus.",
    "description": "This document.",
}
# Every call may be refused so: by its token, its Host or Origin, or while the database is away.
ALWAYS = (401, 403, 503)
_PART = re.compile(r"<(?:\w+:)?(\w+)>")


def described(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `app`; raise KeyError for a call that nobody described."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in PAGES:
            place = paths.setdefault(_PART.sub(r"{\1}", rule.rule), {})
            place.update(_methods(app, rule))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ffremote",
            "version": ffremote.__version__,
            "description": "FFmpeg jobs: sent, watched, canceled and fetched over HTTP.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "The server that sent this document."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": all_schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _methods(app: Flask, rule: Rule) -> dict[str, Any]:
    found = {}
    for method in sorted(rule.methods or ()):
        key = (rule.endpoint, method)
        if method not in IMPLIED or key in OPERATIONS:
            found[method.lower()] = _operation(app, rule, method, OPERATIONS[key])
    return found


def _name_of(rule: Rule, method: str) -> str:
    """Return the unique id of a call; one view may serve several methods and paths."""
    name = rule.endpoint.replace(".", "_")
    if method == "HEAD":
        return f"{name}_head"
    return f"{name}_of_one" if method == "OPTIONS" and rule.arguments else name


def _operation(app: Flask, rule: Rule, method: str, operation: Operation) -> dict[str, Any]:
    words = inspect.getdoc(app.view_functions[rule.endpoint]) or ""
    shown: dict[str, Any] = {
        "operationId": _name_of(rule, method),
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": words.split("\n")[0].rstrip("."),
        "description": " ".join(words.split()),
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": _schema_of(name)}
                for name in _PART.findall(rule.rule)
            ),
            *(parameter.to_json() for parameter in operation.parameters),
        ],
        "responses": {
            **{str(status): _error(status) for status in (*ALWAYS, *operation.errors)},
            **{str(status): _answer(status, sent) for status, sent in operation.answers.items()},
        },
    }
    if operation.body:
        content = {kind: _body(schema) for kind, schema in operation.body}
        shown["requestBody"] = {"content": content}
    return shown


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    examples = EXAMPLES.get(schema.get("$ref", "").rpartition("/")[2])
    return {"schema": schema} | ({"examples": examples} if examples else {})


def _schema_of(name: str) -> dict[str, Any]:
    return TEXT if name == "worker_id" else ID


def _answer(status: int, sent: tuple[str, dict[str, Any]] | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _phrase(status)}
    if sent is not None:
        answer["content"] = {sent[0]: {"schema": sent[1]}}
    return answer


def _error(status: int) -> dict[str, Any]:
    return _answer(status, ("application/json", ref("Error")))


def _phrase(status: int) -> str:
    return "Checksum Mismatch" if status == 460 else HTTPStatus(status).phrase
