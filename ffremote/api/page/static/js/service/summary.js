// The service on one line of numbers: running, waiting, slots, free disk.
import { bytes, span } from "../core/format.js";
import { html } from "../core/html.js";
import { service, totals } from "../core/news.js";
import { useStore } from "../core/store.js";

export function Summary() {
  const found = useStore(service);
  const counts = useStore(totals);
  if (!found || !counts) return null;
  const oldest = found.oldest_queued_seconds;
  const figures = [
    [counts.running, `of ${found.slots} slots run`],
    [counts.queued, oldest > 1 ? `queued, the first for ${span(oldest)}` : "queued"],
    [found.workers_alive, found.workers_alive === 1 ? "worker alive" : "workers alive"],
    [bytes(found.free_bytes), "free on the disk"],
  ];
  return html`<dl class="figures">${figures.map(([value, words]) => html`<div key=${words.replace(/[\d.]+.*/, "")}><dt>${words}</dt><dd>${value}</dd></div>`)}</dl>`;
}
