"""The video and audio filter chains of a job, from -vf, -af, -filter_complex, -async and -vol."""

from typing import Any

from ..command_line.parser import Option
from ..errors import CannotTranslate
from .audio_options import filter_of_async, filter_of_volume
from .burned_subtitles import split_burned_subtitles
from .graph import Graph, parse_graphs


class FilterChains:
    """Collects the filter options one by one, and writes the chains into the job at the end."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._chains: dict[str, str] = {}
        self._first_audio_filters: list[str] = []
        self.graphs: list[Graph] = []
        self.burned_track: int | None = None
        """The subtitle track that is burned into the picture."""

    def set_video(self, option: Option) -> None:
        """Store -vf; as in ffmpeg, the last one wins."""
        self._chains["video"], self.burned_track = split_burned_subtitles(
            option.value or "", self._source
        )

    def set_audio(self, option: Option) -> None:
        """Store -af; as in ffmpeg, the last one wins."""
        self._chains["audio"] = option.value or ""

    def add_graphs(self, option: Option) -> None:
        """Add the graphs of -filter_complex; raise CannotTranslate for a second of one kind."""
        for graph in parse_graphs(option.value or ""):
            if any(each.kind == graph.kind for each in self.graphs):
                raise CannotTranslate(option.word, "write all filters of a stream in one graph")
            self.graphs.append(graph)

    def add_async(self, option: Option) -> None:
        """Add the filter of -async, which precedes the filters of -af."""
        self._first_audio_filters += filter_of_async(option)

    def add_volume(self, option: Option) -> None:
        """Add the filter of -vol, which precedes the filters of -af."""
        self._first_audio_filters += filter_of_volume(option)

    def write_to(self, job: dict[str, Any]) -> None:
        """Write the chains and burned subtitles into the job.

        Raise CannotTranslate for a graph beside filters of the same kind.
        """
        for graph in self.graphs:
            section = "video" if graph.kind == "v" else "audio"
            if self._chains.get(section):
                raise CannotTranslate("-filter_complex", "write all filters in one option")
            self._chains[section] = graph.text
        chains = {section: [text] for section, text in self._chains.items() if text}
        if self._first_audio_filters:
            chains["audio"] = [*self._first_audio_filters, *chains.get("audio", ())]
        for section, chain in chains.items():
            job.setdefault(section, {})["filters"] = chain
        if self.burned_track is not None:
            job["subtitles"] = {"mode": "burn", "track": self.burned_track}
