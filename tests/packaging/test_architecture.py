"""The pages about the code name only paths, functions and layers that exist."""

import ast
import configparser
import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest

from tests.support.paths import CHECKOUT

ARCHITECTURE = CHECKOUT / "docs/architecture.md"
PAGES = sorted(
    [
        CHECKOUT / "README.md",
        CHECKOUT / "CONTRIBUTING.md",
        *CHECKOUT.glob("docs/**/*.md"),
        *CHECKOUT.glob("samples/*.md"),
    ]
)
_ROOTS = "ffremote|worker|cli|tests|tools|migrations|benchmarks|docs|samples"
_PATH = re.compile(rf"(?<![\w./-])(?:{_ROOTS})/[\w./@-]*\w/?")
_BESIDE = re.compile(r"`(\w+\.(?:py|json|toml))`")
_CALL = re.compile(r"\b((?:\w+\.)*\w+)\.(\w+)\(\)")
_TEST = re.compile(r"`(test_\w+)`")
_LAYER_TABLE = re.compile(r"^\| layer of `([\w.]+)` .*\n\|[-|]+\n((?:\|.*\n)+)", re.MULTILINE)


@cache
def _modules() -> dict[str, Path]:
    """Return the product's source files by dotted name."""
    return {
        str(path.relative_to(root).with_suffix("")).replace("/", "."): path
        for root in (CHECKOUT, CHECKOUT / "worker", CHECKOUT / "cli")
        for package in ("ffremote", "ffremote_worker", "ffremote_cli")
        for path in (root / package).rglob("*.py")
    }


@cache
def _definitions(path: Path) -> frozenset[str]:
    """Return the names `f`, `Class` and `Class.method` that a source file defines."""
    tree = ast.parse(path.read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = {node.name for node in tree.body if isinstance(node, functions)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{each.name}" for each in node.body if isinstance(each, functions)
            }
    return frozenset(found)


def _is_defined(owner: str, name: str) -> bool:
    """Whether `owner` is a module that defines `name`, or a class that does."""
    return any(
        f"{owner}.{name}" in _definitions(path)
        or (f".{module}".endswith(f".{owner}") and name in _definitions(path))
        for module, path in _modules().items()
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_path_exists(page: Path) -> None:
    missing = [path for path in _PATH.findall(page.read_text()) if not (CHECKOUT / path).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_file_named_without_its_folder_is_in_a_folder_of_its_paragraph(page: Path) -> None:
    missing = []
    for paragraph in re.split(r"\n\n|\n(?=\||\d+\. |- )", page.read_text()):
        folders = {
            (CHECKOUT / path) if path.endswith("/") else (CHECKOUT / path).parent
            for path in _PATH.findall(paragraph)
        }
        missing += [
            name
            for name in _BESIDE.findall(paragraph)
            if not any((folder / name).exists() for folder in {CHECKOUT, *folders})
        ]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_function_exists(page: Path) -> None:
    # Examples in Python are run by a test; a page may call what a browser has.
    prose = re.sub(r"```(?:python|html).*?```", "", page.read_text(), flags=re.DOTALL)
    calls = _CALL.findall(prose)

    assert [call for call in calls if not _is_defined(*call)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_test_exists(page: Path) -> None:
    sources = "\n".join(path.read_text() for path in (CHECKOUT / "tests").rglob("*.py"))
    names = [name for name in _TEST.findall(page.read_text()) if not name.endswith(".py")]

    assert [name for name in names if f"def {name}(" not in sources] == []


def test_the_layers_are_those_of_the_contracts() -> None:
    tables = _LAYER_TABLE.findall(ARCHITECTURE.read_text())
    output = {
        container: [set(re.findall(r"`(\w+)`", row.split("|")[1])) for row in rows.splitlines()]
        for container, rows in tables
    }

    assert output == _contracts()


def test_the_svg_shows_the_arrows_and_packages_of_the_mermaid_picture() -> None:
    mermaid = ARCHITECTURE.read_text().split("```mermaid")[1].split("```")[0]
    arrows = [label.strip('"') for label in re.findall(r"-[-.]+ (.+?) \.?-+>", mermaid)]
    packages = _PATH.findall(mermaid)

    root = ET.parse(ARCHITECTURE.with_suffix(".svg")).getroot()
    shown = {"".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")}
    assert len(arrows) == mermaid.count("-->") + mermaid.count(".->") > 0
    assert set(arrows) <= shown
    assert set(packages) <= set(_PATH.findall("\n".join(shown)))


def _contracts() -> dict[str, list[set[str]]]:
    """Return the layers of each container in setup.cfg, from the top to the bottom."""
    config = configparser.ConfigParser()
    config.read(CHECKOUT / "setup.cfg")
    layered = [
        section
        for name, section in config.items()
        if name.startswith("importlinter:contract:") and section["type"] == "layers"
    ]
    return {
        section["containers"].strip(): [
            {module.strip() for module in row.split("|")}
            for row in section["layers"].strip().splitlines()
        ]
        for section in layered
    }
