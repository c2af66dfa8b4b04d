// Input and result side by side, with what was saved.
import { bitrate, bytes, position, saving, visible } from "../core/format.js";
import { html } from "../core/html.js";
import { Name } from "../parts/name.js";

export function Facts({ job }) {
  const inputs = job.inputs ?? (job.input ? [job.input] : []);
  const { result } = job;
  const before = inputs.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
  const shown = inputs.slice(0, 1);
  return html`<section class="sheet facts" aria-labelledby="facts-title">
    <h2 id="facts-title">Input and result${result && before ? html` <span class="saving">${saving(before, result.bytes)}</span>` : ""}</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="facts-title"><table>
      <thead><tr><th scope="col"><span class="unseen">Fact</span></th>${shown.map((_, n) => html`<th scope="col" key=${n}>Input</th>`)}<th scope="col">Result</th></tr></thead>
      <tbody>${ROWS.map(([title, of]) => html`<${FactRow} key=${title} title=${title} cells=${[...shown, result].map((facts) => facts && of(facts))} />`)}</tbody>
    </table></div>
    ${inputs.length > 1 && html`<h3>Further inputs</h3><ul class="inputs">${inputs.slice(1).map((each, n) => html`<li key=${n}><${Name} text=${each.filename} /> <small>${bytes(each.bytes)}${each.streams ? ` · ${each.streams.map(streamText).join(", ")}` : ""}</small></li>`)}</ul>`}
    ${!inputs.length && html`<p class="hint">This job has no input: its graph makes the result.</p>`}
  </section>`;
}

function FactRow({ title, cells }) {
  if (!cells.some(Boolean)) return null;
  return html`<tr><th scope="row">${title}</th>${cells.map((cell, n) => html`<td key=${n}>${cell || html`<span class="hint">–</span>`}</td>`)}</tr>`;
}

const first = (facts, kind) => facts.streams?.find((stream) => stream.kind === kind && !stream.is_picture);
const video = (facts, of) => {
  const stream = first(facts, "video");
  return stream && of(stream);
};

const ROWS = [
  ["Name", (facts) => html`<${Name} text=${facts.filename} />`],
  ["Size", (facts) => bytes(facts.bytes)],
  ["Duration", (facts) => facts.duration && position(facts.duration)],
  ["Bit rate", (facts) => facts.duration > 0 && facts.bytes && bitrate((facts.bytes * 8) / facts.duration)],
  ["Format", (facts) => facts.format && visible(facts.format.split(",")[0])],
  ["Files", (facts) => facts.files && String(facts.files.length ?? facts.files)],
  [
    "Video",
    (facts) =>
      video(facts, ({ codec, profile, pix_fmt: pixels }) => [codec, profile, pixels].filter(Boolean).join(" · ")),
  ],
  [
    "Picture",
    (facts) =>
      video(
        facts,
        ({ width, height, fps }) => width && `${width} × ${height}${fps ? `, ${Number(fps.toFixed(2))} fps` : ""}`,
      ),
  ],
  ["Audio", (facts) => tracks(facts, "audio")],
  ["Subtitles", (facts) => tracks(facts, "subtitle")],
  [
    "SHA-256",
    (facts) => facts.sha256 && html`<code class="sum" title=${facts.sha256}>${facts.sha256.slice(0, 12)}…</code>`,
  ],
];

function tracks(facts, kind) {
  const found = facts.streams?.filter((stream) => stream.kind === kind) ?? [];
  return found.slice(0, 4).map(streamText).join(", ") + (found.length > 4 ? ` and ${found.length - 4} more` : "");
}

function streamText(stream) {
  const parts = [stream.codec];
  if (stream.kind === "video" && stream.width) parts.push(`${stream.width}×${stream.height}`);
  if (stream.channel_layout || stream.channels) parts.push(stream.channel_layout ?? `${stream.channels} ch`);
  if (stream.sample_rate) parts.push(`${stream.sample_rate / 1000} kHz`);
  const language = stream.tags?.language;
  if (language && language !== "und") parts.push(visible(language));
  return parts.filter(Boolean).join(" ");
}
