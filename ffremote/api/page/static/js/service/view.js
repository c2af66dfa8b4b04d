// The service: its workers and what each runs, the last hour as plots, and the limits.
import { get } from "../core/api.js";
import { seconds } from "../core/clock.js";
import { learn } from "../core/known.js";
import { html, useEffect, useState } from "../core/html.js";
import * as news from "../core/news.js";
import { useStore } from "../core/store.js";
import { subject } from "../core/title.js";
import { Limits } from "./limits.js";
import { Plots } from "./plots.js";
import { Summary } from "./summary.js";
import { Worker } from "./worker.js";

const SHOWN = 200; // running jobs that are read, and newest ends of the workers

export function Service() {
  const workers = useStore(news.workers);
  const running = useRunning();
  const [showGone, setShowGone] = useState(false);
  useEffect(() => subject.set("workers"), []);
  useEffect(() => {
    Promise.all([news.readWorkers(), news.readService()]).catch(() => {});
  }, []); // the shell says what is wrong
  const present = (workers ?? []).filter((each) => each.state !== "gone");
  const gone = (workers ?? []).filter((each) => each.state === "gone");
  return html`<section class="service" aria-labelledby="service-title">
    <div class="headline"><h1 id="service-title">Workers</h1></div>
    <${Summary} />
    ${workers && !present.length && html`<div class="sheet empty"><p class="large">No worker is alive: jobs wait</p><p>Start one on the machine that has the server's data directory:</p><pre><code>ffremote-worker</code></pre></div>`}
    <ul class="workers">${present.map((worker) => html`<${Worker} key=${worker.worker_id} worker=${worker} jobs=${running.filter((job) => job.worker_id === worker.worker_id)} />`)}</ul>
    <${Plots} />
    <${Limits} />
    ${gone.length > 0 && html`<p><button type="button" class="plain" aria-expanded=${showGone} onClick=${() => setShowGone(!showGone)}>${showGone ? "Hide" : "Show"} ${gone.length} that ended</button></p>`}
    ${showGone && html`<ul class="workers">${gone.slice(0, SHOWN).map((worker) => html`<${Worker} key=${worker.worker_id} worker=${worker} jobs=${[]} />`)}</ul>`}
  </section>`;
}

// The running jobs, kept up to date.
function useRunning() {
  const [jobs, setJobs] = useState([]);
  useStore(seconds, (now) => Math.floor(now / 10));
  useEffect(() => {
    const read = async () => {
      const { items } = await get(`/jobs?state=running&limit=${SHOWN}`);
      learn(items);
      setJobs(items);
    };
    const leave = news.join({
      read,
      job(item) {
        learn([item]);
        setJobs((all) => {
          const others = all.filter((each) => each.job_id !== item.job_id);
          return item.state === "running" ? [item, ...others] : others;
        });
      },
      progress(items) {
        learn(items);
        const byId = new Map(items.map((item) => [item.job_id, item]));
        setJobs((all) => all.map((job) => ({ ...job, ...byId.get(job.job_id) })));
      },
      removed: (id) => setJobs((all) => all.filter((each) => each.job_id !== id)),
    });
    read().catch(() => {});
    return leave;
  }, []);
  return jobs;
}
