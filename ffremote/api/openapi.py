"""The API described: the app's own routes and docstrings, and the tables beside them."""

import re
from http import HTTPStatus
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

import ffremote

from .operations import OPERATIONS, Operation
from .schemas import ID, TEXT, all_schemas, ref

# Pages for people, which promise nothing to programs.
PAGES = frozenset({"dashboard.page", "dashboard.asset", "description.docs"})
IMPLIED = frozenset({"HEAD", "OPTIONS"})
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
            found[method.lower()] = _operation(app, rule, OPERATIONS[key])
    return found


def _operation(app: Flask, rule: Rule, operation: Operation) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": f"{rule.endpoint.replace('.', '_')}",
        "summary": (app.view_functions[rule.endpoint].__doc__ or "").split("\n")[0].rstrip("."),
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": _schema_of(name)}
                for name in _PART.findall(rule.rule)
            ),
            *(parameter.to_json() for parameter in operation.parameters),
        ],
        "responses": {
            **{str(status): _answer(status, sent) for status, sent in operation.answers.items()},
            **{str(status): _error(status) for status in (401, 403, *operation.errors)},
        },
    }
    if operation.body:
        shown["requestBody"] = {"content": {kind: {"schema": s} for kind, s in operation.body}}
    return shown


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
