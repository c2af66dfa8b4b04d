"""The parts of the manual that are written by hand."""

from ..exits import Exit

EXIT_STATUSES = {
    Exit.DONE: "done",
    Exit.USAGE: "wrong usage",
    Exit.UNREACHABLE: "server not reachable",
    Exit.REFUSED: "request refused",
    Exit.JOB_FAILED: "job failed",
    Exit.LOCAL_FILE: "problem with a file here",
    Exit.CANCELED: "job canceled by someone else",
    Exit.INTERRUPTED: "stopped with Ctrl-C",
}
VARIABLES = {
    "FFREMOTE_SERVER": "the server, as `--server`",
    "FFREMOTE_TOKEN": "the token for the server that is named, as `--token`",
    "FFREMOTE_POLL_INTERVAL": "seconds, as `--poll-interval`",
    "FFREMOTE_PATIENCE": "seconds, as `--patience`",
    "FFREMOTE_PROFILE": "a profile of the configuration file, as `--profile`",
    "FFREMOTE_CONFIG": "the configuration file, instead of `~/.config/ffremote/config.toml`",
    "FFREMOTE_LOCAL_FALLBACK": "1: `ffremote ffmpeg` runs the local ffmpeg when no server answers",
    "NO_COLOR": "kept: nothing that ffremote prints has a colour, with or without it",
    "REQUESTS_CA_BUNDLE": "certificates of your own authority, for a server with https",
}

INTRODUCTION = """\
Made of the commands themselves by `ffremote manual markdown`; a test compares both. How to begin
is in the README, what a job may say in [job-json.md](job-json.md).

With no command, options mean `run`: `ffremote --server URL -i in.mp4 --crf 23 -o out.mp4`.

- Results go to stdout, everything else to stderr; bars are drawn on a terminal alone.
- `--json` prints for scripts: what the server said, one object a line. `run`, `attach` and
  `submit --wait` print the whole job with one more key, `local`: `path`, `bytes`, `sha256` and
  `seconds`. `download` prints `job_id`, `path`, `bytes`, `sha256`; `submit` and `--detach`
  `job_id` and `input`; `watch` a status for each look; `doctor` `findings`. An error is printed
  as the server's `{"error": {"code", "message", "details"}}`.
- An id may be given by its first letters (four at least), or as `last`: the newest job that was
  begun on this machine on this server.
- Large films (16 MB and more) go up in pieces: after a break, or after a crash of the client, the
  same command goes on where the server is, and so do `attach` and `watch` with the job's id.
  Another job on the same film sends no bytes while the server still has them. Downloads go on from
  their `.partial` file.
- Configuration: `~/.config/ffremote/config.toml`, with profiles for several servers:

```toml
server = "http://127.0.0.1:8080"
profile = "work"          # the default profile

[profiles.work]
server = "https://encode.example.com"
token = "…"
poll_interval = 2.0
patience = 600            # seconds to wait for a server that is away
quiet = false
```

A token in this file goes to the server of its own table (the same scheme, host and port) and to no
other, whatever `--server` says; `FFREMOTE_TOKEN` and `--token` go to the server that is named.

Options win over the environment, that over the profile, that over the rest of the file."""

FFMPEG_COMMAND = """\
What is the same as with a local ffmpeg, and what is not:

- Options before and after `-i` mean what they mean to ffmpeg; a job counts in its input, so the
  client converts `-ss`, `-t` and `-to`. After `-i`, `-ss` works as before it: what is copied begins
  at the key frame before that moment.
- One input, one output. Addresses, devices, `concat` lists, image sequences and outputs of several
  files (HLS, segments, `%03d`) are refused. `-` is stdin or stdout, through a temporary file.
- The two commands of a two-pass encode work as typed: the first does nothing, the second makes the
  server do both passes.
- `-filter_complex` may hold a graph of the pictures and one of the sound, each with one output
  (`"[0:v]setpts=0.5*PTS[v];[0:a]atempo=2[a]"`); one that mixes inputs or streams is refused.
- Without `-map`, an MKV or WebM gets the one subtitle track that fits, other files none; data
  tracks and attachments come with `-map`.
- The output is never the input, whatever `-y` says. A playlist or a list of files is refused,
  because the files that it names would stay here.
- A picture of a film needs `-frames:v 1`; a picture of a picture, or a song's cover, does not.
- Where the line names no codec, the server's own choice for the container is taken, not that of
  the local ffmpeg; MP4 results are made to start at once (`+faststart`).
- Words on how a machine should work (`-threads`, `-hwaccel`, `-max_muxing_queue_size`,
  `-probesize`, `-re` and their kind) are ignored; one remark names them. So is a decoder (`-c:v`)
  or a format (`-f`) before `-i`: the server finds out both. What would change the result and
  cannot be said is refused by name, at every `-loglevel`.
- `-sub_charenc` of a file of subtitles is the client's work: it sends the text as UTF-8.
- `-version`, `-encoders`, `-decoders`, `-codecs`, `-formats`, `-muxers`, `-demuxers`, `-filters`,
  `-pix_fmts`, `-protocols`, `-hwaccels`, `-devices` and `-h` (also `-h full`, `-h encoder=NAME`)
  are answered from the server, in FFmpeg's columns. Flags that a server does not tell are dots,
  and the description is the name. `-i FILE` alone ends with FFmpeg's "At least one output file
  must be specified" and status 1, but does not show the streams.
- `-y`, `-n`, `-loglevel`, `-stats` and `-progress` are the client's own work."""

LIBRARY = """\
## As a Python library

The command line is built on it; it needs no server packages.

```python
from ffremote_cli import Client, JobFailed

with Client("http://127.0.0.1:8080") as client:
    job = client.submit("in.mp4", {"output_filename": "out.mp4", "video": {"crf": 23}})
    for status in client.follow(job.job_id):
        print(status.state, status.percent, status.fps, status.eta_seconds)
    client.download(job.job_id, "out.mp4")
```

`submit` returns an `Accepted`, `follow` yields `Status`es until the job is final and waits for a
server that restarts, `wait` raises `JobFailed` or `JobCanceled`, `download` resumes, checks size
and sha256, and returns a `Downloaded`. `status`, `job`, `jobs`, `cancel`, `log`, `capabilities`,
`presets` and `workers` are single calls. Every answer keeps the server's JSON in `raw`. Errors are
subclasses of `ClientError`: `Unreachable`, `Refused` (`code`, `status`, `details`), `JobFailed`,
`JobCanceled`, `LocalFileProblem`, `Stopped`. Setting the event `client.stop` ends every wait."""
