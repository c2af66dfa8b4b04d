// A job in the list: one row on a desk, a card on a phone; the same elements for its whole life.
import { now, seconds } from "../core/clock.js";
import { ago, moment, visible } from "../core/format.js";
import { html } from "../core/html.js";
import { api, segment } from "../core/place.js";
import { href } from "../core/router.js";
import { useStore } from "../core/store.js";
import { Icon } from "../parts/icons.js";
import { Label, labelsOf } from "../parts/label.js";
import { Name } from "../parts/name.js";
import { Bar, ending, isLive, share, words } from "../parts/progress.js";
import { State } from "../parts/state.js";
import { act } from "./actions.js";
import { choose, chosen } from "./selection.js";

const SHOWN_LABELS = 3; // so that rows stay alike; the job's page has all

export function Row({ job, place, host, noWorker }) {
  const isChosen = useStore(chosen, (ids) => ids.has(job.job_id));
  const title = visible(job.output_filename);
  const source = sourceOf(job);
  return html`<li class=${`row ${job.state}`} data-key=${job.job_id}>
    <input class="pick" type="checkbox" checked=${isChosen} aria-label=${`Choose ${title}`}
      onChange=${(event) => choose(job.job_id, event.currentTarget.checked)} />
    <div class="what">
      <a class="to" href=${href(`/jobs/${job.job_id}`)}><${Name} text=${job.output_filename} /></a>
      ${source && html`<small class="from">from <${Name} text=${source} /></small>`}
      <${Labels} labels=${job.labels} />
    </div>
    <div class="how">
      <${State} job=${job} />
      <${How} job=${job} place=${place} host=${host} noWorker=${noWorker} title=${title} />
    </div>
    <${Age} time=${job.finished_at ?? job.created_at} />
    <div class="do"><${Action} job=${job} title=${title} /></div>
  </li>`;
}

function Labels({ labels }) {
  const all = labelsOf(labels);
  if (!all.length) return null;
  return html`<span class="labels">${all.slice(0, SHOWN_LABELS).map((text) => html`<${Label} key=${text} text=${text} />`)}
    ${all.length > SHOWN_LABELS && html`<small>and ${all.length - SHOWN_LABELS} more</small>`}</span>`;
}

function sourceOf(job) {
  const further = (job.inputs?.length ?? 1) - 1;
  if (!job.input_filename) return "";
  return further > 0 ? `${job.input_filename} and ${further} more` : job.input_filename;
}

function How({ job, place, host, noWorker, title }) {
  const value = share(job);
  const parts = isLive(job) ? words(job, { place, host, noWorker }) : ending(job);
  return html`<div class="tale">
    ${value !== null && html`<${Bar} value=${value} kind=${job.upload ? "upload" : ""} label=${`Progress of ${title}`} />`}
    <span class=${job.state === "failed" ? "why" : "words"}>${parts.map((part, n) => html`<span key=${n}>${part}</span>`)}</span>
  </div>`;
}

function Age({ time }) {
  const text = useStore(seconds, () => ago(time, now()), time);
  return html`<time class="age" datetime=${time} title=${moment(time)}>${text}</time>`;
}

function Action({ job, title }) {
  if (isLive(job)) {
    return html`<button type="button" aria-label=${`Cancel ${title}`} onClick=${() => act("cancel", [job])}>Cancel</button>`;
  }
  if (job.state === "completed" && !job.expired_at && job.result_bytes !== null) {
    return html`<a class="button" download href=${api(`/jobs/${segment(job.job_id)}/result`)} aria-label=${`Download ${title}`}><${Icon} name="download" />Download</a>`;
  }
  if (job.state === "completed") return null;
  return html`<button type="button" aria-label=${`Retry ${title}`} onClick=${() => act("retry", [job])}>Retry</button>`;
}
