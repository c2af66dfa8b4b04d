// What FFmpeg's filters measured, one table for each kind.
import { position, visible } from "../core/format.js";
import { html } from "../core/html.js";

const TIMES = new Set(["start", "end", "time"]);

export function Measurements({ found }) {
  const kinds = Object.entries(found ?? {}).filter(
    ([, items]) => Array.isArray(items) && items.length && typeof items[0] === "object",
  );
  if (!kinds.length) return null;
  return html`<section class="sheet" aria-labelledby="measured-title">
    <h2 id="measured-title">Measurements</h2>
    ${kinds.map(([kind, items]) => html`<${Kind} key=${kind} kind=${kind} items=${items} />`)}
  </section>`;
}

function Kind({ kind, items }) {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))].filter(
    (name) => !["instance", "output"].includes(name),
  );
  return html`<h3>${visible(kind)}</h3><div class="scroll" tabindex="0" role="region" aria-label=${`Measurements: ${visible(kind)}`}><table>
    <thead><tr>${names.map((name) => html`<th scope="col" key=${name}>${visible(name).replaceAll("_", " ")}</th>`)}</tr></thead>
    <tbody>${items.map((item, n) => html`<tr key=${n}>${names.map((name) => html`<td key=${name}>${cell(name, item[name])}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

function cell(name, value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return TIMES.has(name) ? `${position(value)} (${value})` : String(value);
  return visible(typeof value === "object" ? JSON.stringify(value) : value);
}
