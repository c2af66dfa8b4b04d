// The icons: drawn for this page, in the colour of the text beside them.
import { html } from "../core/html.js";

const PATHS = {
  queued: "M8 4v4l2.5 1.5M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  running: "M6 5l5 3-5 3zM14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  uploading: "M8 11V3M4.5 6.5 8 3l3.5 3.5M3 13h10",
  completed: "M5 8.2l2 2 4-4.4M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  failed: "M8 5v3.6M8 11v.1M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  canceled: "M4 12 12 4M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  download: "M8 3v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10",
  close: "M4 4l8 8M12 4l-8 8",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14",
  send: "M8 13V4M4 7.5 8 3.5l4 4M3 13.5h10",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.5l7 4.5-7 4.5z",
  theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  copy: "M6 6h7v7H6zM3 10V3h7",
  back: "M10 3 5 8l5 5",
};

export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
