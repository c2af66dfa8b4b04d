// What happened to a job, in its order: sent, queued, attempts and losses, end, removal.
import { now, seconds } from "../core/clock.js";
import { ago, count, moment, span } from "../core/format.js";
import { html } from "../core/html.js";
import { workers } from "../core/news.js";
import { useStore } from "../core/store.js";
import { Label, labelsOf } from "../parts/label.js";

export function Timeline({ job }) {
  useStore(seconds);
  const host = useStore(workers)?.find((each) => each.worker_id === job.worker_id)?.host;
  const labels = labelsOf(job.job.labels);
  return html`<section class="sheet timeline" aria-labelledby="time-title">
    <h2 id="time-title">Timeline</h2>
    <ol>${events(job, host).map(
      ({ what, at, more, kind }) => html`<li key=${what} class=${kind ?? ""}>
      <strong>${what}</strong>${more && html` <span>${more}</span>`}
      ${at && html`<br /><time datetime=${at} title=${moment(at)}>${moment(at)} <small>(${ago(at, now())})</small></time>`}
    </li>`,
    )}</ol>
    <dl class="more">
      ${job.priority ? html`<div><dt>Priority</dt><dd>${job.priority}</dd></div>` : ""}
      ${labels.length ? html`<div><dt>Labels</dt><dd>${labels.map((text) => html`<${Label} key=${text} text=${text} />`)}</dd></div>` : ""}
    </dl>
  </section>`;
}

const ENDS = { completed: "Completed", failed: "Failed", canceled: "Canceled" };

function events(job, host) {
  const { timings } = job;
  const found = [{ what: "Submitted", at: job.created_at }];
  if (job.upload) found.push({ what: "Uploading", more: `${Math.floor(job.upload.percent)} %`, kind: "now" });
  else if (job.state === "queued" && !job.started_at)
    found.push({
      what: "Waits for a worker",
      more: job.queue_position ? `at place ${job.queue_position}` : "",
      kind: "now",
    });
  if (job.losses)
    found.push({
      what: `${count(job.losses, "attempt")} lost`,
      more: "with the worker; the job went back to the queue",
      kind: "bad",
    });
  if (job.started_at) {
    const waited = timings.queued_seconds > 1 ? `after ${span(timings.queued_seconds)}` : "";
    found.push({
      what: job.attempt > 1 ? `Attempt ${job.attempt} began` : "Began",
      at: job.started_at,
      more: [waited, host && `on ${host}`].filter(Boolean).join(" "),
    });
  }
  if (job.state === "running")
    found.push({ what: job.phase ?? "running", more: `${Math.floor(job.progress_percent)} %`, kind: "now" });
  if (job.finished_at)
    found.push({
      what: ENDS[job.state],
      at: job.finished_at,
      more: timings.running_seconds ? `ran ${span(timings.running_seconds)}` : "",
      kind: job.state === "failed" ? "bad" : "good",
    });
  if (job.expired_at) found.push({ what: "Files removed", at: job.expired_at });
  return found;
}
