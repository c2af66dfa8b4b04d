"""Examples of answers in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from .sample import sample
from .shapes import Schema


def add_examples(paths: Mapping[str, Any], schemas: Mapping[str, Schema]) -> None:
    """Add an example to each JSON answer of each operation in `paths`."""
    for methods in paths.values():
        for operation in methods.values():
            for response in operation["responses"].values():
                content = response.get("content", {}).get("application/json")
                if content is not None:
                    content["example"] = sample(content["schema"], schemas)
