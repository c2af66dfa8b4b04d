// The page of one job: what it is, how it goes or went, and what can be done with it.
import { visible } from "../core/format.js";
import { html, useEffect, useMemo } from "../core/html.js";
import { queue, service, workers } from "../core/news.js";
import { go } from "../core/router.js";
import { useStore } from "../core/store.js";
import { subject } from "../core/title.js";
import { act } from "../jobs/actions.js";
import { Name } from "../parts/name.js";
import { Bar, isLive, share, words } from "../parts/progress.js";
import { State } from "../parts/state.js";
import { TextBlock } from "../parts/text-block.js";
import { Buttons } from "./buttons.js";
import { openJob } from "./data.js";
import { Facts } from "./facts.js";
import { Files } from "./files.js";
import { Log } from "./log.js";
import { Measurements } from "./measurements.js";
import { Preview } from "./preview.js";
import { Timeline } from "./timeline.js";
import { Trouble } from "./trouble.js";

export function JobView({ id }) {
  const opened = useMemo(() => openJob(id), [id]);
  useEffect(() => opened.leave, [opened]);
  const { job, files, error, isGone } = useStore(opened.store);
  useEffect(() => subject.set(job ? visible(job.job.output_filename ?? nameOf(job)) : "job"), [job && nameOf(job)]);
  if (!job) return html`<${Absent} error=${error} />`;
  const again = () => opened.read().catch(() => {});
  const run = async (name) => {
    const answers = await act(name, [{ ...job, output_filename: nameOf(job) }]);
    const made = name === "retry" && answers?.get(job.job_id);
    if (made) go(`/jobs/${made.job_id}`);
    else if (answers) again();
  };
  return html`<article class="job" aria-labelledby="job-title">
    <p class="back"><a href="#/jobs">‹ All jobs</a></p>
    <div class="headline">
      <div class="job-name"><h1 id="job-title"><${Name} text=${nameOf(job)} /></h1><${State} job=${job} /></div>
      ${!isGone && html`<${Buttons} job=${job} files=${files} run=${run} />`}
    </div>
    ${isGone && html`<p class="notice warning" role="alert">This job has been removed from the server meanwhile. What was read before is still shown.</p>`}
    ${error && html`<p class="notice error" role="alert">${error.message}</p>`}
    <${Live} job=${job} />
    <${Trouble} job=${job} />
    ${!isGone && files && html`<${Preview} job=${job} files=${files} />`}
    <div class="two"><${Facts} job=${job} /><${Timeline} job=${job} /></div>
    <${Measurements} found=${job.measurements} />
    ${files?.total > 1 && html`<${Files} job=${job} files=${files} />`}
    ${job.command && html`<${TextBlock} title="Command" what="the command" text=${job.command} />`}
    <${Log} job=${job} isGone=${isGone} />
    <${TextBlock} title="Job JSON" what="the job JSON" text=${JSON.stringify(job.job, null, 2)} />
    <p class="hint">Job <code>${job.job_id}</code> · <code>ffremote watch ${job.job_id.slice(0, 8)}</code></p>
  </article>`;
}

export const nameOf = (job) =>
  job.job.output_filename ?? job.job.outputs?.[0]?.output_filename ?? job.input?.filename ?? "description of an input";

function Absent({ error }) {
  if (!error) return html`<p class="empty" role="status">Reading the job …</p>`;
  const text =
    error.code === "JOB_NOT_FOUND"
      ? "This job does not exist, or no more: the rows of old jobs are removed."
      : error.message;
  return html`<div class="empty" role="alert"><p class="large">${text}</p><a class="button" href="#/jobs">Show all jobs</a></div>`;
}

function Live({ job }) {
  const order = useStore(queue);
  const hosts = useStore(workers);
  const noWorker = useStore(service, (found) => found?.workers_alive === 0);
  if (!isLive(job)) return null;
  const place = order.indexOf(job.job_id) + 1 || job.queue_position;
  const host = hosts?.find((each) => each.worker_id === job.worker_id)?.host;
  const value = share(job);
  return html`<section class="sheet live-progress" aria-label="Progress">
    ${value !== null && html`<div class="big"><strong>${Math.floor(value)} %</strong><${Bar} value=${value} kind=${job.upload ? "upload" : ""} label="Progress of this job" /></div>`}
    <p class="words">${words(job, { place, host, noWorker }).map((part) => html`<span key=${part.replace(/\d/g, "")}>${part}</span>`)}</p>
  </section>`;
}
