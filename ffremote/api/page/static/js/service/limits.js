// The limits of the service, in the units that people use.
import { bytes, count } from "../core/format.js";
import { html } from "../core/html.js";
import { service } from "../core/news.js";
import { useStore } from "../core/store.js";

const hours = (number) => count(number, "hour");
const number = (value) => value.toLocaleString("en");

const ROWS = [
  ["max_upload_bytes", "inputs of a job together", bytes],
  ["max_output_bytes", "result of a job", bytes],
  ["max_stored_bytes", "uploads and results together", bytes],
  ["max_memory_bytes", "memory of one FFmpeg", bytes],
  ["max_queued", "queued jobs", number],
  ["max_pixels", "pixels of a picture", number],
  ["max_streams", "streams of an input", number],
  ["max_duration_hours", "duration of a result", hours],
  ["ttl_hours", "files are kept after the end of a job", hours],
  ["upload_ttl_hours", "an unfinished upload is kept", hours],
];

export function Limits() {
  const limits = useStore(service, (found) => found?.limits);
  if (!limits) return null;
  const shown = ROWS.filter(([name]) => typeof limits[name] === "number");
  return html`<section class="sheet" aria-labelledby="limits-title"><h2 id="limits-title">Limits</h2>
    <dl class="limits">${shown.map(([name, title, form]) => html`<div key=${name}><dt>${title}</dt><dd>${form(limits[name])}</dd></div>`)}</dl>
  </section>`;
}
