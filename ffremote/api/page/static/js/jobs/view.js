// The list of jobs: filters, rows, the selection, and the keys that move through it.
import { count } from "../core/format.js";
import { html, useEffect, useMemo, useRef } from "../core/html.js";
import { bind } from "../core/keys.js";
import { queue, service, workers } from "../core/news.js";
import { href } from "../core/router.js";
import { useStore } from "../core/store.js";
import { subject } from "../core/title.js";
import { attempt } from "../parts/notices.js";
import { Filters, moments, readFilters } from "./filters.js";
import { follow, list, load, more, refresh } from "./list.js";
import { Row } from "./row.js";
import { choose, chosen, clear, SelectionBar } from "./selection.js";

export function Jobs({ query }) {
  const text = query.toString();
  const filters = useMemo(() => readFilters(query), [text]);
  const shown = useStore(list);
  useEffect(() => {
    subject.set("");
    load({ ...filters, ...moments(filters) }).catch(() => {});
    return clear;
  }, [text]);
  useEffect(follow, []);
  useEffect(() => bind(keys), []);
  return html`<section class="jobs" aria-labelledby="jobs-title">
    <div class="headline">
      <h1 id="jobs-title">Jobs</h1>
      <a class="button primary" href=${href("/send")}>Send files</a>
    </div>
    <${Filters} filters=${filters} />
    <${Rows} shown=${shown} isFiltered=${Object.values(filters).some(Boolean)} />
    <${SelectionBar} items=${shown.items} refresh=${() => refresh().catch(() => {})} />
  </section>`;
}

function Rows({ shown, isFiltered }) {
  const order = useStore(queue);
  const known = useStore(workers);
  const noWorker = useStore(service, (found) => found?.workers_alive === 0);
  const rowOf = useRows();
  const hosts = useMemo(() => new Map((known ?? []).map((each) => [each.worker_id, each.host])), [known]);
  const places = useMemo(() => new Map(order.map((id, n) => [id, n + 1])), [order]);
  if (shown.error && !shown.items.length) return html`<p class="notice error" role="alert">${shown.error.message}</p>`;
  if (!shown.items.length) return html`<${Nothing} shown=${shown} isFiltered=${isFiltered} />`;
  return html`
    ${shown.error && html`<p class="notice error" role="alert">${shown.error.message}</p>`}
    <ul class="rows" aria-label="Jobs, newest first" aria-busy=${shown.loading}>
      ${shown.items.map((job) => rowOf(job, places.get(job.job_id), hosts.get(job.worker_id), noWorker))}
    </ul>
    <p class="foot">${shown.total === null ? "" : `${shown.items.length} of ${count(shown.total, "job")}`}
      ${shown.next && html` <button type="button" onClick=${() => attempt(more)}>Show older jobs</button>`}</p>`;
}

// The element of a row: the same one while nothing of it changes, so that only changed rows are drawn.
function useRows() {
  const drawn = useRef(new Map());
  return (...parts) => {
    const [job, place, host, noWorker] = parts;
    const before = drawn.current.get(job.job_id);
    if (before?.parts.every((part, n) => part === parts[n])) return before.row;
    const row = html`<${Row} key=${job.job_id} job=${job} place=${place} host=${host} noWorker=${noWorker} />`;
    drawn.current.set(job.job_id, { parts, row });
    return row;
  };
}

function Nothing({ shown, isFiltered }) {
  if (shown.loading) return html`<p class="empty" role="status">Reading the jobs …</p>`;
  if (shown.next)
    return html`<div class="empty"><p>Nothing found so far.</p><button type="button" onClick=${() => attempt(more)}>Search older jobs</button></div>`;
  if (isFiltered)
    return html`<div class="empty"><p>No job matches these filters.</p><a class="button" href=${href("/jobs")}>Show all jobs</a></div>`;
  return html`<div class="empty">
    <p class="large">No jobs yet</p>
    <p>Drop files anywhere on this page, <a href=${href("/send")}>choose some</a>, or use the command line:</p>
    <pre><code>ffremote run -i input.mp4 --preset web-720p -o small.mp4</code></pre>
  </div>`;
}

function step(by) {
  const links = [...document.querySelectorAll(".rows .to")];
  const here = links.findIndex((link) => link.closest(".row").contains(document.activeElement));
  links[Math.max(0, Math.min(links.length - 1, here + by))]?.focus();
}

function focused() {
  return document.activeElement?.closest(".row")?.dataset.key;
}

const keys = {
  j: { does: "next job", run: () => step(1) },
  k: { does: "previous job", run: () => step(-1) },
  x: {
    does: "choose the job that has the focus",
    run: () => {
      const id = focused();
      if (id) choose(id, !chosen.get().has(id));
    },
  },
};
