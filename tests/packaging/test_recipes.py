"""docs/recipes.md: each line becomes exactly the JSON beside it, which the server reads."""

import json
import re
import shlex
from pathlib import Path

import pytest

from ffremote import spec
from ffremote_cli.commands.media.run import command as run_command
from ffremote_cli.ffmpeg_cli.concat_list import with_listed_files
from ffremote_cli.settings.command_options import batch_of
from ffremote_cli.translate import Translation, parse, translate

PAGE = Path(__file__).parents[2] / "docs/recipes.md"
RECIPE = re.compile(r"```sh\nffremote (ffmpeg|run) (.+?)\n```.*?```json\n(.+?)\n```", re.DOTALL)
SECTIONS = PAGE.read_text().split("\n## ")[1:]
RECIPES = [recipe for section in SECTIONS for recipe in RECIPE.findall(section)]


def test_every_recipe_has_a_line_and_a_job_unless_it_is_a_task() -> None:
    recipes = [section for section in SECTIONS if "```sh try\n" not in section]

    assert [s.partition("\n")[0] for s in recipes if not RECIPE.search(s)] == ["Single steps"]


@pytest.mark.parametrize(("line", "text"), [r[1:] for r in RECIPES if r[0] == "ffmpeg"])
def test_the_line_becomes_the_job_of_the_recipe(line: str, text: str) -> None:
    result = translate(with_listed_files(parse(shlex.split(line))))

    assert isinstance(result, Translation)
    assert result.job == json.loads(text)
    assert (spec.parse_job(text.encode()).output_filename,) == result.outputs


@pytest.mark.parametrize(("line", "text"), [r[1:] for r in RECIPES if r[0] == "run"])
def test_the_options_become_the_job_of_the_recipe(
    line: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.mp4").touch()
    with run_command.make_context("run", shlex.split(line)) as ctx:
        made = batch_of(ctx.params, output=ctx.params["output"], job_file=None)

    assert made.job_for(Path(ctx.params["output"])) == json.loads(text)
    assert spec.parse_job(text.encode()).sources
