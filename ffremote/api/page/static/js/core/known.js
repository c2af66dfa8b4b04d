// What is known of running jobs, for the title and the icon of the page.
import { makeStore } from "./store.js";

export const running = makeStore(new Map()); // percent by id

export function learn(items) {
  const next = new Map(running.get());
  for (const job of items) {
    if (job.state === "running") next.set(job.job_id, job.progress_percent ?? 0);
    else if (job.state) next.delete(job.job_id);
    else if (next.has(job.job_id)) next.set(job.job_id, job.progress_percent ?? next.get(job.job_id));
  }
  running.set(next);
}

export function forget(id) {
  if (!running.get().has(id)) return;
  const next = new Map(running.get());
  next.delete(id);
  running.set(next);
}
