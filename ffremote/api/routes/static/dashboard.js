// The dashboard: asks the API for the newest jobs and the workers, and shows what it answers.
// Rows are kept and changed in place, by id, so that focus and selection survive each refresh.
"use strict";

const API = "/api/v1";
const STATES = ["queued", "running", "completed", "failed", "canceled"];
const EVERY_MS = 2000;
const SURE_MS = 5000;
const view = { state: null, limit: 25, token: sessionStorage.getItem("ffremote.token") };
const by = (id) => document.getElementById(id);

async function ask(path, options = {}) {
  const headers = view.token ? { Authorization: `Bearer ${view.token}` } : {};
  // Without "omit" the browser would open its own password dialog beside our form.
  const answer = await fetch(API + path, { ...options, headers, credentials: "omit" });
  if (answer.status === 401) by("token").hidden = false;
  if (!answer.ok) throw new Error((await answer.json()).error.message);
  return answer;
}

async function call(path, options) {
  const answer = await ask(path, options);
  return answer.status === 204 ? null : answer.json();
}

function make(tag, attributes = {}) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function write(element, text) {
  const wanted = String(text ?? "");
  if (element.textContent !== wanted) element.textContent = wanted;
}

// Make the children of `parent` those of `items`: known ones stay where they are and are updated.
function show(parent, items, keyOf, build) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const keys = new Set(items.map((item) => String(keyOf(item))));
  for (const [key, child] of known) if (!keys.has(key)) child.remove();
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = known.get(key);
    if (!child) {
      child = build();
      child.dataset.key = key;
    }
    child.update(item);
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

function cells(row, count) {
  const made = Array.from({ length: count }, () => make("td"));
  row.append(...made);
  return made;
}

function ago(time) {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  const steps = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const [size, unit] = steps.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

function percentOf(job) {
  if (job.upload) return job.upload.percent;
  return job.state === "running" ? job.progress_percent : null;
}

function wordsOf(job) {
  if (job.error) return `${job.error.message} ${job.error.details.hint ?? ""}`.trim();
  if (job.state === "completed") return "100 %";
  const percent = percentOf(job);
  return percent === null ? "" : `${percent} % ${job.phase ?? ""}`;
}

function shorten(element, id) {
  write(element, id.slice(0, 8));
  element.title = id;
}

function tell(message) {
  write(by("notice"), message);
  by("notice").hidden = !message;
}

async function act(step) {
  try {
    await step();
    await refresh();
  } catch (error) {
    tell(error.message);
  }
}

// A link cannot carry a token, so the file is fetched with it and handed over whole.
async function download(job) {
  tell(view.token ? `Fetching ${job.output_filename} …` : "");
  const answer = await ask(`/jobs/${job.job_id}/result`);
  const url = URL.createObjectURL(await answer.blob());
  make("a", { href: url, download: job.output_filename }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

function buildActions(cell) {
  const cancel = make("button", { type: "button" });
  const link = make("a");
  const gone = make("span");
  let job = null;
  let timer = 0;
  const calm = () => { clearTimeout(timer); timer = 0; write(cancel, "Cancel"); };
  write(link, "Download");
  write(gone, "files removed");
  cancel.addEventListener("click", () => {
    if (!timer) {
      write(cancel, "Cancel it?");
      timer = setTimeout(calm, SURE_MS);
      return;
    }
    calm();
    act(() => call(`/jobs/${job.job_id}`, { method: "DELETE" }));
  });
  link.addEventListener("click", (event) => {
    if (!view.token) return;
    event.preventDefault();
    act(() => download(job));
  });
  calm();
  cell.append(cancel, link, gone);
  return (now) => {
    job = now;
    cancel.hidden = job.finished;
    cancel.setAttribute("aria-label", `Cancel ${job.output_filename}`);
    link.hidden = job.state !== "completed" || job.expired_at !== null;
    link.href = `${API}/jobs/${job.job_id}/result`;
    link.setAttribute("aria-label", `Download ${job.output_filename}`);
    gone.hidden = job.state !== "completed" || job.expired_at === null;
  };
}

function buildJob() {
  const row = make("tr");
  const [idCell, name, stateCell, progressCell, createdCell, actionCell] = cells(row, 6);
  const id = make("code");
  const state = make("span");
  const bar = make("progress", { max: 100 });
  const words = make("span");
  const created = make("span");
  name.className = "name";
  idCell.append(id);
  stateCell.append(state);
  progressCell.append(bar, words);
  createdCell.append(created);
  const showActions = buildActions(actionCell);
  row.update = (job) => {
    shorten(id, job.job_id);
    write(name, job.output_filename);
    name.title = job.input_filename ? `from ${job.input_filename}` : job.output_filename;
    write(state, job.upload ? "uploading" : job.state);
    state.className = job.state;
    bar.hidden = percentOf(job) === null;
    bar.value = percentOf(job) ?? 0;
    bar.setAttribute("aria-label", `Progress of ${job.output_filename}`);
    progressCell.className = job.error ? "error" : "";
    write(words, wordsOf(job));
    write(created, ago(job.created_at));
    created.title = job.created_at;
    showActions(job);
  };
  return row;
}

function buildWorker() {
  const row = make("tr");
  const [idCell, ...rest] = cells(row, 6);
  const id = make("code");
  idCell.append(id);
  row.update = (worker) => {
    shorten(id, worker.worker_id);
    const shown = [worker.state, worker.concurrency, worker.ffmpeg_version, worker.sandbox];
    shown.concat(ago(worker.heartbeat_at)).forEach((text, place) => write(rest[place], text));
  };
  return row;
}

function buildState() {
  const button = make("button", { type: "button" });
  let state = null;
  button.addEventListener("click", () => { view.state = state; refresh(); });
  button.update = (choice) => {
    state = choice.state;
    write(button, `${state ?? "all"} ${choice.total}`);
    button.setAttribute("aria-pressed", view.state === state);
  };
  return button;
}

function showStates(totals) {
  const all = STATES.reduce((sum, state) => sum + totals[state], 0);
  const choices = STATES.map((state) => ({ state, total: totals[state] }));
  show(by("states"), [{ state: null, total: all }, ...choices], (one) => one.state, buildState);
}

async function refresh() {
  try {
    const wanted = view.state ? `&state=${view.state}` : "";
    const jobs = await call(`/jobs?limit=${view.limit}${wanted}`);
    const counts = STATES.map((state) => call(`/jobs?limit=1&state=${state}`));
    const [workers, ...pages] = await Promise.all([call("/workers"), ...counts]);
    showStates(Object.fromEntries(pages.map((page, i) => [STATES[i], page.total])));
    show(by("jobs"), jobs.items, (job) => job.job_id, buildJob);
    by("none").hidden = jobs.items.length > 0 || view.state !== null;
    by("more").hidden = !jobs.next_cursor || view.limit >= 500;
    const there = workers.items.filter((worker) => worker.state !== "gone");
    show(by("workers"), there, (worker) => worker.worker_id, buildWorker);
    by("token").hidden = true;
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
  refresh();
});
setInterval(() => { if (!document.hidden) refresh(); }, EVERY_MS);
refresh();
