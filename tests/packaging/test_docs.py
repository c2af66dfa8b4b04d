"""The docs can be believed: their queries run, their links lead somewhere, their JSON is JSON."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ffremote.config import Settings, variable
from tests.support.paths import CHECKOUT

PAGES = sorted(
    [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), *CHECKOUT.glob("samples/*.md")]
)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("query", blocks(CHECKOUT / "docs/sqlite.md", "sql"))
def test_a_query_runs_on_the_schema(session: Session, query: str) -> None:
    columns = session.execute(text(query)).keys()

    assert len(set(columns)) == len(list(columns)) > 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "", text)  # code may look like a link
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", prose)
    pictures = re.findall(r'(?:src|href)="(?!https?:|#)([^"#]+)', prose)

    missing = [name for name in targets + pictures if not (page.parent / name).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_json_blocks_are_json(page: Path) -> None:
    for block in blocks(page, "json"):
        assert json.loads(block) is not None


def test_every_setting_is_explained() -> None:
    page = (CHECKOUT / "docs/operations.md").read_text()

    assert [n for n in Settings.model_fields if f"`{variable(n)}`" not in page] == []
