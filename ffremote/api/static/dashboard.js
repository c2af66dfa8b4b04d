// The dashboard: asks the API for the newest jobs and the workers, and shows what it is told.
"use strict";

const API = "/api/v1";
const STATES = ["queued", "running", "completed", "failed", "canceled"];
const EVERY_MS = 2000;
const view = { state: null, limit: 25, token: sessionStorage.getItem("ffremote.token") };
const by = (id) => document.getElementById(id);

async function call(path, options = {}) {
  const headers = view.token ? { Authorization: `Bearer ${view.token}` } : {};
  const answer = await fetch(API + path, { ...options, headers });
  const body = await answer.json();
  if (answer.status === 401) by("token").hidden = false;
  if (!answer.ok) throw new Error(body.error.message);
  return body;
}

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== null && text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function row(cells) {
  const made = make("tr");
  made.append(...cells.map((cell) => {
    if (cell instanceof HTMLTableCellElement) return cell;
    const td = make("td");
    td.append(cell ?? "");
    return td;
  }));
  return made;
}

function ago(time) {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  const steps = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const [size, unit] = steps.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

function progressOf(job) {
  if (job.state !== "running") return make("span", job.state === "completed" ? "100 %" : "");
  const cell = make("span");
  cell.append(make("progress", null, { max: 100, value: job.progress_percent }));
  cell.append(` ${job.progress_percent} % ${job.phase ?? ""}`);
  return cell;
}

function actionOf(job) {
  if (!job.finished) {
    const button = make("button", "Cancel", { type: "button" });
    button.addEventListener("click", () => act(`/jobs/${job.job_id}`, { method: "DELETE" }));
    return button;
  }
  // A link cannot carry a token; with one, the client fetches results.
  if (job.state !== "completed" || view.token) return make("span");
  return make("a", "Download", { href: `${API}/jobs/${job.job_id}/result` });
}

function jobRow(job) {
  const name = make("td", job.output_filename, { class: "name", title: job.output_filename });
  const id = make("code", job.job_id.slice(0, 8), { title: job.job_id });
  const state = make("span", job.state, { class: job.state });
  const created = make("span", ago(job.created_at), { title: job.created_at });
  return row([id, name, state, progressOf(job), created, actionOf(job)]);
}

function workerRow(worker) {
  const id = make("code", worker.worker_id.slice(0, 8), { title: worker.worker_id });
  const heard = make("span", ago(worker.heartbeat_at), { title: worker.heartbeat_at });
  return row([id, worker.state, worker.concurrency, worker.ffmpeg_version, worker.sandbox, heard]);
}

function showStates(totals) {
  const all = STATES.reduce((sum, state) => sum + totals[state], 0);
  const choices = [[null, `all ${all}`], ...STATES.map((s) => [s, `${s} ${totals[s]}`])];
  by("states").replaceChildren(...choices.map(([state, text]) => {
    const button = make("button", text, { type: "button", "aria-pressed": view.state === state });
    button.addEventListener("click", () => { view.state = state; refresh(); });
    return button;
  }));
}

async function act(path, options) {
  try {
    await call(path, options);
  } catch (error) {
    tell(error.message);
  }
  refresh();
}

function tell(message) {
  by("notice").textContent = message;
  by("notice").hidden = !message;
}

async function refresh() {
  try {
    const wanted = view.state ? `&state=${view.state}` : "";
    const counts = STATES.map((state) => call(`/jobs?limit=1&state=${state}`));
    const [jobs, workers, ...pages] = await Promise.all([
      call(`/jobs?limit=${view.limit}${wanted}`), call("/workers"), ...counts,
    ]);
    showStates(Object.fromEntries(pages.map((page, i) => [STATES[i], page.total])));
    by("jobs").replaceChildren(...jobs.items.map(jobRow));
    by("none").hidden = jobs.items.length > 0 || view.state !== null;
    by("more").hidden = !jobs.next_cursor || view.limit >= 500;
    by("workers").replaceChildren(...workers.items.filter((w) => w.state !== "gone").map(workerRow));
    tell("");
  } catch (error) {
    tell(error instanceof TypeError ? "The server does not answer." : error.message);
  }
}

by("more").addEventListener("click", () => { view.limit = Math.min(500, view.limit + 75); refresh(); });
by("token").addEventListener("submit", (event) => {
  event.preventDefault();
  view.token = new FormData(event.target).get("token");
  sessionStorage.setItem("ffremote.token", view.token);
  event.target.hidden = true;
  refresh();
});
setInterval(() => { if (!document.hidden) refresh(); }, EVERY_MS);
refresh();
