"""The options for the keys of `input`."""

from .job_option import FLAG, JobOption, number, option

INPUT: tuple[JobOption, ...] = (
    option("--start", "input.start", "TIME", "Start at this time of the input: 90, 1:30."),
    option("--duration", "input.duration", "TIME", "Length of the part to convert: 20, 0:20."),
    option("--end", "input.end", "TIME", "Stop at this time of the input: 110, 1:50."),
    option("--end-offset", "input.end_offset", "TIME", "Start this long before the end: 3, 0:30."),
    option("--offset", "input.offset", "SECONDS", "Add this to the input's times.", number),
    option("--loop", "input.loop", "N", "Repeat the input N times after its first.", number),
    option("--input-fps", "input.fps", "RATE", "Read the input's frames at this rate: 30."),
    option(
        "--generate-pts",
        "input.generate_pts",
        "",
        "Derive missing presentation times from decoding times.",
        FLAG,
    ),
)
