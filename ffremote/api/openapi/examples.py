"""Complete jobs as examples; a dry run accepts each of them."""

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "JobSpec": {
        "preset": {
            "summary": "A preset of the server",
            "value": {"output_filename": "small.mp4", "preset": "web-720p"},
        },
        "encode": {
            "summary": "A section of the input, encoded and scaled",
            "value": {
                "output_filename": "holiday.mp4",
                "input": {"start": "00:01:00", "duration": 30},
                "video": {"codec": "h264", "crf": 23, "scale": "1280:-2"},
                "audio": {"codec": "aac", "bitrate": "128k"},
                "metadata": {"title": "Holiday"},
                "labels": {"film": "42"},
            },
        },
        "several": {
            "summary": "Several inputs: the video of the first, the audio of the second",
            "value": {
                "output_filename": "dubbed.mp4",
                "inputs": [{}, {"start": 2}],
                "streams": ["0:v:0", "1:a:0"],
            },
        },
        "sound": {
            "summary": "Audio only",
            "value": {"output_filename": "talk.mp3", "video": False, "audio": {"codec": "mp3"}},
        },
    }
}
