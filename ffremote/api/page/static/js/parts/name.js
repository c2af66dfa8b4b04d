// A foreign name: isolated, so that its direction turns nothing else, and without hidden characters.
import { visible } from "../core/format.js";
import { html } from "../core/html.js";

export function Name({ text }) {
  const shown = visible(text);
  return html`<bdi class="name" title=${shown}>${shown}</bdi>`;
}
