// One worker: its host, what it runs, what it can do, and the switch that lets it take no more jobs.
import { call } from "../core/api.js";
import { now, seconds } from "../core/clock.js";
import { ago, bytes, visible } from "../core/format.js";
import { html } from "../core/html.js";
import * as news from "../core/news.js";
import { segment } from "../core/place.js";
import { href } from "../core/router.js";
import { useStore } from "../core/store.js";
import { Name } from "../parts/name.js";
import { attempt, say } from "../parts/notices.js";
import { Bar } from "../parts/progress.js";

export function Worker({ worker, jobs }) {
  useStore(seconds, (second) => Math.floor(second / 5));
  const { host, pid, worker_id: id, concurrency } = worker;
  const drains = Boolean(worker.drain_requested_at);
  const state =
    worker.alive === false && worker.state !== "gone"
      ? "silent"
      : drains && worker.state !== "gone"
        ? "draining"
        : worker.state;
  return html`<li class=${`sheet worker ${state}`} data-key=${id}>
    <div class="headline"><h2><bdi>${visible(host)}</bdi> <small>process ${pid}</small></h2>
      <span class="worker-state">${WORDS[state] ?? visible(state)}</span>
      ${worker.state !== "gone" && html`<${Drain} worker=${worker} drains=${drains} />`}
    </div>
    <p class="words"><span>${worker.running ?? jobs.length} of ${concurrency} running</span><span>FFmpeg ${visible(worker.ffmpeg_version)}</span><span>sandbox: ${visible(worker.sandbox)}</span><span>ffremote ${visible(worker.version)}</span>${worker.kind === "http" && html`<span>over HTTP${worker.free_bytes === null ? "" : `, ${bytes(worker.free_bytes)} free`}</span>`}<span>heard ${ago(worker.heartbeat_at, now())}</span></p>
    ${
      jobs.length > 0 &&
      html`<ul class="slots">${jobs.map(
        (job) => html`<li key=${job.job_id}>
      <a href=${href(`/jobs/${job.job_id}`)}><${Name} text=${job.output_filename} /></a>
      <${Bar} value=${job.progress_percent ?? 0} label=${`Progress of ${visible(job.output_filename)}`} /><span class="number">${Math.floor(job.progress_percent ?? 0)} %</span>
    </li>`,
      )}</ul>`
    }
    <${Abilities} worker=${worker} />
  </li>`;
}

const WORDS = {
  up: "takes jobs",
  draining: "finishes what runs, takes no more",
  silent: "silent: it does not answer",
  gone: "ended",
};

function Drain({ worker, drains }) {
  const change = () =>
    attempt(async () => {
      await call("POST", `/workers/${segment(worker.worker_id)}/${drains ? "undrain" : "drain"}`);
      say(
        drains ? `${worker.host} takes jobs again.` : `${worker.host} finishes what it runs, and takes no more jobs.`,
      );
      await news.readWorkers();
    });
  return html`<button type="button" aria-label=${`${drains ? "Undrain" : "Drain"} ${visible(worker.host)}, process ${worker.pid}`} onClick=${change}>${drains ? "Undrain" : "Drain"}</button>`;
}

const CARDS = /_(nvenc|qsv|vaapi|amf|videotoolbox|v4l2m2m|vulkan|mf)$/;

function Abilities({ worker }) {
  const encoders = worker.encoders ?? [];
  const devices = worker.devices ?? [];
  const labels = worker.labels ?? [];
  const cards = encoders.filter((name) => CARDS.test(name));
  if (!encoders.length && !devices.length && !labels.length) return null;
  return html`
    ${labels.length > 0 && html`<p class="hint">labels: ${labels.map((each) => html`<span class="label" key=${each}>${visible(each)}</span> `)}</p>`}
    ${(devices.length > 0 || cards.length > 0) && html`<p class="hint">graphics card: ${[...devices.map((each) => visible(typeof each === "object" ? (each.name ?? JSON.stringify(each)) : each)), ...cards].join(", ")}</p>`}
    ${encoders.length > 0 && html`<details><summary class="hint">${encoders.length} encoders</summary><p class="mono">${encoders.join(" ")}</p></details>`}`;
}
