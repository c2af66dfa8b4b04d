// The common fields of a job, as the form shows them: groups of path, words, kind and choices.
const LINES = [
  ["", "as the input"],
  ["-2:2160", "2160 lines (4K)"],
  ["-2:1080", "1080 lines"],
  ["-2:720", "720 lines"],
  ["-2:480", "480 lines"],
  ["50%", "half"],
];
const SPEEDS = ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

export const FORMATS = ["mp4", "mkv", "webm", "mov", "gif", "mp3", "m4a", "opus", "flac", "wav", "jpg", "png"];

// kind: "choice" (value, words), "number", "text" with suggestions, "check". `off` sets the part to false.
export const GROUPS = [
  {
    title: "Picture",
    part: "video",
    off: "no video",
    fields: [
      {
        path: "video.codec",
        title: "Codec",
        kind: "choice",
        choices: [
          ["h264", "H.264"],
          ["hevc", "H.265 (HEVC)"],
          ["av1", "AV1"],
          ["vp9", "VP9"],
          ["copy", "copy, unchanged"],
        ],
      },
      {
        path: "video.crf",
        title: "Quality (CRF)",
        kind: "number",
        min: 0,
        max: 63,
        step: 1,
        hint: "lower is better and larger",
      },
      { path: "video.preset", title: "Effort", kind: "text", suggestions: SPEEDS, hint: "slower is smaller" },
      {
        path: "video.scale",
        title: "Size",
        kind: "text",
        choices: LINES,
        suggestions: LINES.slice(1),
        hint: "width:height; -2 keeps the shape",
      },
      { path: "video.fps", title: "Frames a second", kind: "number", min: 1, max: 240, step: "any" },
      {
        path: "video.bitrate",
        title: "Bit rate",
        kind: "text",
        suggestions: ["1M", "3M", "6M"],
        hint: "instead of a quality",
      },
      {
        path: "video.hardware",
        title: "Graphics card",
        kind: "choice",
        choices: [
          ["never", "never"],
          ["prefer", "if there is one"],
          ["require", "only on one"],
        ],
      },
      {
        path: "video.rotate",
        title: "Rotate",
        kind: "choice",
        number: true,
        choices: [
          ["90", "90° clockwise"],
          ["180", "180°"],
          ["270", "270° clockwise"],
        ],
      },
    ],
  },
  {
    title: "Sound",
    part: "audio",
    off: "no sound",
    fields: [
      {
        path: "audio.codec",
        title: "Codec",
        kind: "choice",
        choices: [
          ["aac", "AAC"],
          ["opus", "Opus"],
          ["mp3", "MP3"],
          ["flac", "FLAC"],
          ["copy", "copy, unchanged"],
        ],
      },
      { path: "audio.bitrate", title: "Bit rate", kind: "text", suggestions: ["64k", "96k", "128k", "192k", "256k"] },
      {
        path: "audio.channels",
        title: "Channels",
        kind: "choice",
        number: true,
        choices: [
          ["1", "1 (mono)"],
          ["2", "2 (stereo)"],
          ["6", "6 (5.1)"],
        ],
      },
      {
        path: "audio.loudness",
        title: "Loudness",
        kind: "number",
        min: -70,
        max: -5,
        step: "any",
        hint: "LUFS, such as -16",
      },
    ],
  },
  {
    title: "Part and text",
    fields: [
      { path: "input.start", title: "Start at", kind: "text", hint: "seconds or 1:02:03" },
      { path: "input.duration", title: "Length", kind: "text", hint: "seconds or 1:02:03" },
      {
        path: "subtitles.mode",
        title: "Subtitles",
        kind: "choice",
        choices: [
          ["copy", "copy"],
          ["convert", "convert"],
          ["burn", "draw into the picture"],
          ["drop", "leave out"],
        ],
      },
      { path: "metadata.title", title: "Title", kind: "text" },
      { path: "strip_metadata", title: "Remove metadata", kind: "check" },
    ],
  },
  {
    title: "Queue",
    fields: [
      {
        path: "priority",
        title: "Priority",
        kind: "number",
        min: -10,
        max: 10,
        step: 1,
        hint: "higher starts earlier",
      },
      { path: "labels", title: "Labels", kind: "labels", hint: "name=value, several with commas" },
    ],
  },
];

export const PATHS = [
  "output_filename",
  "preset",
  "container",
  "concat",
  ...GROUPS.flatMap(({ fields }) => fields.map(({ path }) => path)),
];

// The control that an error belongs to: `inputs[0].start` and `input.start` are one.
export function controlOf(field) {
  const plain = String(field ?? "").replace(/^inputs\[0\]/, "input");
  return PATHS.find((path) => plain === path || plain.startsWith(`${path}.`) || plain.startsWith(`${path}[`)) ?? null;
}
