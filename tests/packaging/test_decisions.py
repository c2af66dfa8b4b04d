"""The decisions are numbered without a gap, listed, complete in form, and cover each dependency."""

import configparser
import re
from pathlib import Path

import pytest

from tests.support.paths import CHECKOUT

FOLDER = CHECKOUT / "docs/decisions"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))


def test_the_index_lists_every_decision_by_its_number_and_title() -> None:
    rows = re.findall(
        r"^\| (\d+) \| \[(.+)\]\((.+)\) \|$", (FOLDER / "README.md").read_text(), re.M
    )

    titles = [path.read_text().splitlines()[0] for path in DECISIONS]
    assert [f"# {number}. {title}" for number, title, _ in rows] == titles
    assert [name for _, _, name in rows] == [path.name for path in DECISIONS]
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name[:4])
def test_a_decision_has_context_decision_and_consequence(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(), re.M)

    assert headings == ["Context", "Decision", "Consequence"]


def test_every_dependency_has_a_reason() -> None:
    config = configparser.ConfigParser()
    config.read(CHECKOUT / "setup.cfg")
    groups = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    required = re.findall(r"^([A-Za-z0-9-]+)", "\n".join(groups).replace("\n\n", "\n"), re.M)

    page = (FOLDER / "dependencies.md").read_text()
    explained = re.findall(r"\*\*([A-Za-z0-9-]+)(?:\[\w+\])?\*\*", page)
    assert sorted(set(required)) == sorted(set(explained))
