"""docs/recipes.md: each line becomes exactly the JSON beside it, which the server reads."""

import json
import re
import shlex
from pathlib import Path

import pytest

from ffremote import spec
from ffremote_cli.ffmpeg_cli.concat_list import with_listed_files
from ffremote_cli.translate import Translation, parse, translate

PAGE = Path(__file__).parents[2] / "docs/recipes.md"
RECIPES = re.findall(
    r"## (.+?)\n.*?```sh\nffremote ffmpeg (.+?)\n```.*?```json\n(.+?)\n```",
    PAGE.read_text(),
    re.DOTALL,
)


def test_every_recipe_has_a_line_and_a_job() -> None:
    titles = re.findall(r"^## (.+)$", PAGE.read_text(), re.MULTILINE)

    assert [title for title, _, _ in RECIPES] == titles


@pytest.mark.parametrize(("line", "text"), [recipe[1:] for recipe in RECIPES])
def test_the_line_becomes_the_job_of_the_recipe(line: str, text: str) -> None:
    result = translate(with_listed_files(parse(shlex.split(line))))

    assert isinstance(result, Translation)
    assert result.job == json.loads(text)
    assert spec.parse_job(text.encode()).output_filename == result.output
