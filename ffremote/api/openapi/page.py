"""The description of the API as a page, made from the OpenAPI document; it needs no script."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from .curl import curl
from .shapes import REF

STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882 }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
h2 { border-bottom: 1px solid var(--line); margin-top: 3rem }
h3 { margin: 2rem 0 .25rem } h3 b { margin-right: .5rem }
h2, h3 { overflow-wrap: anywhere; scroll-margin-top: .5rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere }
pre { background: var(--soft); padding: .75rem; white-space: pre-wrap; border-radius: .4rem }
caption { text-align: left; font-weight: bold; padding-top: .6rem }
table { border-collapse: collapse; width: 100% }
th { text-align: left } td, th { padding: .2rem .6rem .2rem 0; vertical-align: top }
td { overflow-wrap: anywhere; border-top: 1px solid var(--line) }
nav ul { columns: 17rem; list-style: none; padding: 0 } nav li { break-inside: avoid }
summary { cursor: pointer } a { color: LinkText }
@media (max-width: 40rem) { caption { display: block } thead { display: none }
  td { display: block; border: 0; padding: 0 }
  tr { display: block; border-top: 1px solid var(--line); padding: .3rem 0 } }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; style-src 'sha256-{_HASH}'"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ffremote API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>
<body><main><h1>ffremote API</h1>
<p>{about} <a href="{root}">The page of this server</a> uses it. The same for programs:
<a href="{root}api/v1/openapi.json">OpenAPI 3.1</a>. Errors are
<code>{{"error":{{"code","message","details"}}}}</code> on every path. In the examples,
<code>SERVER</code> is the address of this server; with tokens, add
<code>-H "Authorization: Bearer $TOKEN"</code>.</p>
<nav aria-label="Contents"><details open><summary><b>Contents</b></summary>{contents}</details>
</nav>
{groups}<h2 id="schemas">Schemas</h2>{schemas}</main></body></html>
"""

_BACKTICKS = re.compile(r"`([^`]+)`")

Call = tuple[str, str, dict[str, Any]]


def render(document: dict[str, Any], root: str) -> str:
    """Return the page of an OpenAPI document; `root` is the path of the server, with a `/`."""
    calls = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    groups = [
        (tag, [call for call in calls if tag["name"] in call[2]["tags"]])
        for tag in document["tags"]
    ]
    schemas = document["components"]["schemas"]
    return PAGE.format(
        style=STYLE,
        about=escape(document["info"]["description"]),
        root=escape(root),
        contents="".join(_contents(tag, members) for tag, members in groups),
        groups="".join(_group(tag, members, schemas) for tag, members in groups),
        schemas="".join(_schema(name, each) for name, each in sorted(schemas.items())),
    )


def _contents(tag: dict[str, str], calls: list[Call]) -> str:
    links = "".join(
        f'<li><a href="#{escape(o["operationId"])}"><b>{method.upper()}</b> '
        f"<code>{escape(path)}</code></a></li>"
        for method, path, o in calls
    )
    return (
        f'<p><a href="#{escape(tag["name"])}">{escape(tag["description"])}</a></p><ul>{links}</ul>'
    )


def _group(tag: dict[str, str], calls: list[Call], schemas: dict[str, Any]) -> str:
    shown = "".join(_call(call, schemas) for call in calls)
    return f'<h2 id="{escape(tag["name"])}">{escape(tag["description"])}</h2>{shown}'


def _call(call: Call, schemas: dict[str, Any]) -> str:
    method, path, operation = call
    takes = [
        (
            _code(p["name"]),
            escape(p["in"]) + (", required" if p["required"] else ""),
            _type(p["schema"]),
        )
        for p in operation["parameters"]
    ]
    bodies = operation.get("requestBody", {}).get("content", {})
    takes += [("body", escape(kind), _type(each["schema"])) for kind, each in bodies.items()]
    answers = [
        (_code(status), escape(each["description"]), _types(each))
        for status, each in sorted(operation["responses"].items())
    ]
    example = escape(curl(method, path, operation, schemas))
    return (
        f'<h3 id="{escape(operation["operationId"])}"><b>{method.upper()}</b>'
        f"<code>{escape(path)}</code></h3><p>{_prose(operation['description'])}</p>"
        f'<pre tabindex="0" aria-label="Example">{example}</pre>'
        f"{_table('Takes', ('Name', 'Where', 'Type'), takes)}"
        f"{_table('Answers', ('Status', 'Meaning', 'Type'), answers)}{_answer(operation)}"
    )


def _place(parameter: dict[str, Any]) -> str:
    return escape(parameter["in"]) + (", required" if parameter["required"] else "")


def _answer(operation: dict[str, Any]) -> str:
    """Return the example of a successful response, folded."""
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json", {})
        if status.startswith("2") and "example" in content:
            text = escape(json.dumps(content["example"], indent=2, ensure_ascii=False))
            return f'<details><summary>An answer</summary><pre tabindex="0">{text}</pre></details>'
    return ""


def _types(response: dict[str, Any]) -> str:
    return ", ".join(_type(each["schema"]) for each in response.get("content", {}).values())


def _schema(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    rows = [
        (
            _code(key),
            _type(each) + ("" if key in required else ", may be absent"),
            escape(each.get("description", "")),
        )
        for key, each in schema.get("properties", {}).items()
    ]
    table = _table("", ("Property", "Type", ""), rows) or f"<p>{_type(schema)}</p>"
    return f'<h3 id="schema-{escape(name)}"><code>{escape(name)}</code></h3>{table}'


def _table(caption: str, heads: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> str:
    lines = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
    head = "".join(f"<th scope=col>{each}</th>" for each in heads)
    if not lines:
        return ""
    named = f"<caption>{caption}</caption>" if caption else ""
    return f"<table>{named}<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _prose(text: str) -> str:
    """Return the text of a docstring; what is between backticks is code."""
    return _BACKTICKS.sub(r"<code>\1</code>", escape(text))


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _type(schema: dict[str, Any]) -> str:
    """Return a schema's type as short text, with links to named ones."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).removeprefix(REF))
        return f'<a href="#schema-{name}">{name}</a>'
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " or ".join(_type(each) for each in schema[choice])
    if "enum" in schema:
        return " | ".join(_code(str(value)) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(str(schema.get("format") or schema.get("const") or schema.get("type") or "any"))
