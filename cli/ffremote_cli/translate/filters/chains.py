"""-vf, -af, -filter_complex and the options that FFmpeg turns into filters, as two chains."""

from typing import Any

from ..errors import CannotTranslate
from ..line.command_line import Option
from .audio_options import filter_of_async, filter_of_volume
from .burned_subtitles import take_burn
from .graph import Graph, read_graphs


class Filters:
    """The filters of the pictures and of the sound, while the line is read."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._texts: dict[str, str] = {}
        self._first_sound: list[str] = []
        self.graphs: list[Graph] = []
        self.burned: int | None = None
        """The subtitle track that is drawn into the pictures."""

    def add_pictures(self, option: Option) -> None:
        """Take -vf; as with ffmpeg, the last one counts."""
        self._texts["video"], self.burned = take_burn(option.value or "", self._source)

    def add_sound(self, option: Option) -> None:
        """Take -af."""
        self._texts["audio"] = option.value or ""

    def add_graph(self, option: Option) -> None:
        """Take -filter_complex; there may be one for the pictures and one for the sound."""
        for graph in read_graphs(option.value or ""):
            if any(each.kind == graph.kind for each in self.graphs):
                raise CannotTranslate(option.word, "write all filters of a stream in one graph")
            self.graphs.append(graph)

    def add_async(self, option: Option) -> None:
        """Take -async, which comes before all other filters of the sound."""
        self._first_sound += filter_of_async(option)

    def add_volume(self, option: Option) -> None:
        """Take -vol."""
        self._first_sound += filter_of_volume(option)

    def put_into(self, job: dict[str, Any]) -> None:
        """Write the chains into the job."""
        for graph in self.graphs:
            part = "video" if graph.kind == "v" else "audio"
            if self._texts.get(part):
                raise CannotTranslate("-filter_complex", "write all filters in one option")
            self._texts[part] = graph.text
        chains = {part: [text] for part, text in self._texts.items() if text}
        if self._first_sound:
            chains["audio"] = [*self._first_sound, *chains.get("audio", ())]
        for part, chain in chains.items():
            job.setdefault(part, {})["filters"] = chain
        if self.burned is not None:
            job["subtitles"] = {"mode": "burn", "track": self.burned}
