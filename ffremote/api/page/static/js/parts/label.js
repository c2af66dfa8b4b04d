// A job's label, which leads to the jobs that have it too.
import { visible } from "../core/format.js";
import { html } from "../core/html.js";
import { href } from "../core/router.js";

export const labelsOf = (labels) => Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);

export function Label({ text }) {
  const shown = visible(text);
  return html`<a class="label" href=${href("/jobs", { label: text })} title=${`Jobs with the label ${shown}`}><bdi>${shown}</bdi></a>`;
}
