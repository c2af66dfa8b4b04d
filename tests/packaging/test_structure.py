"""The size limits of CONTRIBUTING, and the sentence that each package has about itself."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import CHECKOUT

PRODUCT = ("ffremote", "worker/ffremote_worker", "cli/ffremote_cli")
MODULE_LINES = 250
FUNCTION_LINES = 40
POSITIONAL = 5
MODULES = 20

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_module_is_longer_than_its_limit() -> None:
    long = {name: lines for path, name in modules() if (lines := _lines(path)) > MODULE_LINES}

    assert long == {}


def test_no_function_is_longer_than_its_limit() -> None:
    long = {
        f"{name}:{function.name}": lines
        for name, function in functions()
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    }

    assert long == {}


def test_no_function_takes_more_positional_parameters_than_its_limit() -> None:
    wide = {
        f"{name}:{function.name}": len(taken)
        for name, function in functions()
        if len(taken := _positional(function)) > POSITIONAL
    }

    assert wide == {}


def test_no_folder_holds_more_modules_than_its_limit() -> None:
    counts = Counter(path.parent for path, _ in modules() if path.name != "__init__.py")
    full = {
        str(folder.relative_to(CHECKOUT)): count
        for folder, count in counts.items()
        if count > MODULES
    }

    assert full == {}


@pytest.mark.parametrize("package", [Path(name).name for name in PRODUCT])
def test_every_package_and_module_says_what_it_is_for(package: str) -> None:
    silent = [
        name
        for path, name in modules()
        if package in name and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def modules() -> Iterator[tuple[Path, str]]:
    """Yield the path of each module of the product, and the same below the checkout."""
    for base in PRODUCT:
        for path in sorted((CHECKOUT / base).rglob("*.py")):
            yield path, str(path.relative_to(CHECKOUT))


def functions() -> Iterator[tuple[str, Function]]:
    """Yield each function and method of the product with the name of its module."""
    for path, name in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                yield name, node


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _positional(function: Function) -> list[str]:
    taken = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return [name for name in taken if name not in ("self", "cls")]
