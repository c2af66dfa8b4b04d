// The job JSON that the form and the editor share: fields by path, names, and inputs of files.
export const STEM = "{stem}";

export function at(job, path) {
  return path.split(".").reduce((value, key) => (value && typeof value === "object" ? value[key] : undefined), job);
}

// A copy with one field set, or taken away if `value` is undefined; empty parts go with it.
export function put(job, path, value) {
  const [key, ...rest] = path.split(".");
  const copy = { ...job };
  if (rest.length) {
    const inner = put(copy[key] && typeof copy[key] === "object" ? copy[key] : {}, rest.join("."), value);
    if (Object.keys(inner).length) copy[key] = inner;
    else delete copy[key];
  } else if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}

export const stemOf = (name) => name.replace(/\.[^.]*$/, "") || name;

export const extensionOf = (name) => /\.([^.]+)$/.exec(name ?? "")?.[1] ?? "";

const EXTENSIONS = { jpeg: "jpg", matroska: "mkv", mpegts: "ts" };

// Give the name of the result another extension.
export function withExtension(job, container) {
  if (typeof job.output_filename !== "string") return job;
  const extension = EXTENSIONS[container] ?? container;
  return { ...job, output_filename: `${stemOf(job.output_filename)}.${extension}` };
}

function named(value, stem) {
  return typeof value === "string" ? value.replaceAll(STEM, stem) : value;
}

// The job for these files: names filled in, an input for each, no uploads yet.
export function jobFor(job, files) {
  const stem = files.length ? stemOf(files[0].file.name) : "result";
  const made = { ...job, output_filename: named(job.output_filename, stem) };
  if (made.output_filename === undefined) delete made.output_filename;
  if (Array.isArray(job.outputs))
    made.outputs = job.outputs.map((each) => ({ ...each, output_filename: named(each?.output_filename, stem) }));
  if (files.length < 2) return made;
  delete made.input;
  made.inputs = files.map(({ role }, n) => ({
    ...(role === "media" ? {} : { role }),
    ...(n === 0 ? (job.input ?? {}) : {}),
    ...(job.inputs?.[n] ?? {}),
  }));
  return withSubtitles(made, files);
}

// A subtitle file is taken into the result unless the job says otherwise.
function withSubtitles(job, files) {
  const number = files.findIndex(({ role }) => role === "subtitle");
  if (number < 0 || job.subtitles?.input !== undefined || job.subtitles?.mode === "drop" || job.streams) return job;
  return { ...job, subtitles: { ...job.subtitles, input: number } };
}

export function withUploads(job, ids) {
  if (ids.length < 2 && !job.inputs) return ids.length ? { ...job, input: { ...job.input, upload_id: ids[0] } } : job;
  return { ...job, inputs: ids.map((id, n) => ({ ...job.inputs?.[n], upload_id: id })) };
}

export function withoutUploads(job) {
  const bare = (input) => {
    const { upload_id: _, ...rest } = input;
    return rest;
  };
  const made = { ...job };
  if (job.inputs) made.inputs = job.inputs.map(bare);
  if (job.input) made.input = bare(job.input);
  if (made.input && !Object.keys(made.input).length) delete made.input;
  return made;
}

// The options that the job chose, out of the whole argv, which also has those of confinement.
export function essential(argv, name) {
  const last = argv.lastIndexOf("-i");
  const dull = new Set([
    "-max_muxing_queue_size",
    "-threads",
    "-protocol_whitelist",
    "-format_whitelist",
    "-codec_whitelist",
    "-max_pixels",
    "-max_streams",
    "-filter_threads",
    "-filter_complex_threads",
    "-progress",
    "-stats_period",
  ]);
  const words = ["ffmpeg"];
  for (let n = 1; n < argv.length - 1; n += 1) {
    const isGuard = argv[n] === "-t" && Number(argv[n + 1]) > 86000;
    if (dull.has(argv[n]) || isGuard || (n < last && ["-f", "-v"].includes(argv[n]))) n += 1;
    else if (!["-hide_banner", "-nostdin", "-nostats", "-y"].includes(argv[n]))
      words.push(argv[n].replace(/^file:inputs\/(\d+)\/input$/, "input$1").replace(/^file:input$/, "input"));
  }
  return [...words, name].map(quoted).join(" ");
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
