"""Strategies of jobs: any JSON in a job's keys, and jobs from the examples of the fields."""

import typing
from typing import Any

from hypothesis import strategies as st

from ffremote.ffmpeg.policy.tables import names, table
from ffremote.spec import JobSpec
from ffremote.spec.section import Section
from tests.security.graph_payloads import GRAPHS
from tests.security.payloads import AUDIO_FILTERS, FILTERS, OPTIONS

WORDS = [word for words in OPTIONS for word in words] + [f"-{name}" for name in table("options")]
MAPS = ["0:v", "1:v", "1:a?", "0:a:0", "-1:s", "0:m:language:eng", "[v]", "[a]", "0", "1", "2:v"]
CHAINS = ["[0:v][1:v]overlay[v]", "[0:a][1:a]amix[a]", "hstack", "[1:v]hflip[v]", "sine=d=1[a]"]
VALUES = (
    st.sampled_from(
        [*FILTERS, *AUDIO_FILTERS, *WORDS, *GRAPHS, *MAPS, "libx264", "copy", "23", "3M", "mp4"]
    )
    | st.text(max_size=20)
    | st.integers(-5, 300)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.none()
    | st.sampled_from(sorted(table("containers")) + sorted(names("video_encoders")))
)
Object = st.SearchStrategy[dict[str, Any]]


def section_of(annotation: Any) -> type[Section] | None:
    """Return the model of a field that is an object, or a list of objects."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next(filter(None, map(section_of, typing.get_args(annotation))), None)


def any_object(model: type[Section], *, most: int = 5) -> Object:
    """Return objects with the keys of a model, and of the models in it, and any values."""
    values = VALUES | st.lists(VALUES, max_size=3)
    fields: dict[str, st.SearchStrategy[Any]] = {"x": values}
    for key, each in model.model_fields.items():
        found = section_of(each.annotation)
        inner = any_object(found) if found else values
        fields[key] = inner | st.lists(inner, max_size=3) if found else values

    @st.composite
    def draw(draw: st.DrawFn) -> dict[str, Any]:
        keys = draw(st.lists(st.sampled_from([*fields]), max_size=most, unique=True))
        return {key: draw(fields[key]) for key in keys}

    return draw()


def fine_object(model: type[Section], *, most: int = 3) -> Object:
    """Return objects with some keys of a model, each with one of the examples of its field."""
    examples = {key: each.examples for key, each in model.model_fields.items() if each.examples}

    @st.composite
    def draw(draw: st.DrawFn) -> dict[str, Any]:
        keys = draw(st.lists(st.sampled_from(sorted(examples)), max_size=most, unique=True))
        return {key: draw(st.sampled_from(examples[key] or [])) for key in keys}

    return draw()


def fine_input() -> Object:
    """Return inputs that name no upload, as those of a form."""
    model = section_of(JobSpec.model_fields["inputs"].annotation)
    assert model is not None
    return fine_object(model, most=2).map(lambda made: made | {"upload_id": None})


JOBS = st.builds(
    lambda job, name: {"output_filename": name} | job,
    any_object(JobSpec),
    st.sampled_from(["a.mp4", "b.mkv", "c.webm", "d.mp3"]) | VALUES,
)
"""Jobs with any values."""
SEVERAL = st.fixed_dictionaries(
    {
        "output_filename": st.sampled_from(["a.mp4", "b.mkv", "c.mov", "d.nut"]),
        "inputs": st.lists(fine_input(), min_size=2, max_size=4),
    },
    optional={
        "graph": st.sampled_from(CHAINS)
        | st.lists(st.sampled_from(CHAINS), min_size=1, max_size=2),
        "concat": st.sampled_from(["auto", "copy", "encode"]),
        "streams": st.lists(st.sampled_from(MAPS), min_size=1, max_size=3),
        "subtitles": st.fixed_dictionaries(
            {"mode": st.sampled_from(["burn", "copy"])}, optional={"input": st.integers(0, 3)}
        ),
        "video": st.sampled_from([{"codec": "h264"}, {"codec": "copy"}, {"filters": ["hflip"]}]),
        "audio": st.sampled_from([{"codec": "aac"}, {"codec": "copy"}, False]),
    },
)
"""Jobs with several inputs and values that are right by themselves; together they may be wrong."""
