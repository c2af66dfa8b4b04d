// How far a job is: a bar for eyes and screen readers, and the same in words.
import { bytes, ordinal, percent, saving, span, speed, visible } from "../core/format.js";
import { html, useEffect, useRef } from "../core/html.js";

export const isLive = (job) => job.state === "queued" || job.state === "running";

export function share(job) {
  if (!isLive(job)) return null;
  if (job.state === "queued") return job.upload ? job.upload.percent : null;
  return job.progress_percent;
}

export function Bar({ value, label, kind = "" }) {
  const fill = useRef(null);
  useEffect(() => {
    fill.current.style.width = `${Math.max(0, Math.min(100, value))}%`;
  }, [value]);
  return html`<div class=${`bar ${kind}`} role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.floor(value)}><div ref=${fill}></div></div>`;
}

// The words of a live job, as a list of short parts.
export function words(job, { place, host, noWorker } = {}) {
  if (job.state === "queued") return waiting(job, place, noWorker);
  const parts = [`${job.phase ?? "running"} ${percent(job.progress_percent ?? 0)}`];
  if (job.upload) parts.push(`upload ${percent(job.upload.percent)}`);
  if (job.fps) parts.push(`${job.fps.toFixed(job.fps < 10 ? 1 : 0)} fps`);
  if (job.speed) parts.push(speed(job.speed));
  if (job.eta_seconds !== null && job.eta_seconds !== undefined) parts.push(`${span(job.eta_seconds)} left`);
  if (host) parts.push(`on ${host}`);
  if (job.attempt > 1) parts.push(`attempt ${job.attempt}`);
  return parts;
}

function waiting(job, place, noWorker) {
  if (job.upload)
    return [
      `uploading ${percent(job.upload.percent)}`,
      `${bytes(job.upload.bytes_received)} of ${bytes(job.upload.bytes)}`,
    ];
  if (job.message) return [visible(job.message)];
  if (noWorker) return ["waits: no worker is alive"];
  if (place === 1) return ["next in the queue"];
  return [place ? `${ordinal(place)} in the queue` : "in the queue"];
}

// What an ended job has to say on one line.
export function ending(job) {
  if (job.state === "failed")
    return [visible(job.error?.message ?? "The job failed."), visible(job.error?.details?.hint ?? "")].filter(Boolean);
  if (job.state === "canceled") return [];
  const parts = [];
  if (job.result_bytes !== null && job.result_bytes !== undefined) {
    parts.push(job.input_bytes ? `${bytes(job.input_bytes)} → ${bytes(job.result_bytes)}` : bytes(job.result_bytes));
    if (job.input_bytes) parts.push(saving(job.input_bytes, job.result_bytes));
  }
  if (job.started_at && job.finished_at)
    parts.push(`took ${span((Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000)}`);
  if (job.expired_at) parts.push("files removed");
  return parts;
}
