"""The example of a call: a command line of curl."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .sample import sample
from .shapes import Schema

_PARAMETER = re.compile(r"{(\w+)}")


def curl(method: str, path: str, operation: dict[str, Any], schemas: Mapping[str, Schema]) -> str:
    """Return a command that makes the call, with its required parameters and a body."""
    words = ["curl", *_method(method)]
    required = [each for each in operation["parameters"] if each["required"]]
    for each in required:
        if each["in"] == "header":
            value = sample(each["schema"], schemas, name=each["name"])
            words.append(f"-H '{each['name']}: {value}'")
    query = "&".join(
        f"{each['name']}={quote(str(sample(each['schema'], schemas, name=each['name'])))}"
        for each in required
        if each["in"] == "query"
    )
    words += _body(operation, schemas)
    address = _PARAMETER.sub(lambda found: f"${found[1].upper()}", path)
    return " ".join([*words, f'"$SERVER{address}{"?" + query if query else ""}"'])


def _method(method: str) -> list[str]:
    return {"get": [], "head": ["-I"]}.get(method, [f"-X {method.upper()}"])


def _body(operation: dict[str, Any], schemas: Mapping[str, Schema]) -> list[str]:
    bodies = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in bodies:
        return ["""-F 'job={"output_filename":"small.mp4"}'""", "-F file=@holiday.mov"]
    if "application/json" in bodies:
        value = json.dumps(sample(bodies["application/json"]["schema"], schemas))
        return ["-H 'Content-Type: application/json'", f"-d '{value}'"]
    return [f"-H 'Content-Type: {kind}' --data-binary @piece" for kind in bodies]
