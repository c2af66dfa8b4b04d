"""The page's own scripts and styles keep the rules of the house, as the Python modules do."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ffremote.api.page.assets import SHEETS
from tests.support.paths import CHECKOUT
from tests.support.web_clients import node

STATIC = CHECKOUT / "ffremote/api/page/static"
LINES, MODULES = 250, 20


def sources(kind: str) -> Iterator[Path]:
    """Yield the page's own files of a kind."""
    for folder in ("js", "css"):
        yield from sorted((STATIC / folder).rglob(f"*.{kind}"))


def test_every_module_says_its_job_first_and_is_short() -> None:
    for path in (*sources("js"), *sources("css")):
        lines = path.read_text().splitlines()
        assert re.match(r"// [A-Z].+|/\* [A-Z].+ \*/$", lines[0]), path
        assert len(lines) <= LINES, path


def test_no_folder_holds_more_modules_than_its_limit() -> None:
    counts = Counter(path.parent for path in sources("js"))

    assert {folder: count for folder, count in counts.items() if count > MODULES} == {}


def test_every_style_sheet_is_part_of_the_one_that_is_sent() -> None:
    assert {path.stem for path in sources("css")} == set(SHEETS)


def test_no_script_names_another_server_or_makes_markup_of_text() -> None:
    words = (
        r"https?://|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    )
    found = {
        str(path.relative_to(STATIC)): re.findall(words, path.read_text()) for path in sources("js")
    }

    assert {name: hits for name, hits in found.items() if hits} == {}


def test_every_import_is_of_a_file_that_is_here() -> None:
    for path in sources("js"):
        for name in re.findall(r'(?:from |import\(|import )"([^"]+)"', path.read_text()):
            assert name.startswith("."), (path, name)
            assert (path.parent / name).is_file(), (path, name)


@pytest.mark.slow
def test_every_script_can_be_parsed() -> None:
    program = node()
    for path in sources("js"):
        command = [program, "--input-type=module", "--check"]
        subprocess.run(command, input=path.read_bytes(), check=True, timeout=30)
