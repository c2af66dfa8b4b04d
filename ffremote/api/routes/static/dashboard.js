// The dashboard: shows the newest jobs and the workers, and refreshes them from the API.
// Rows are updated in place, by id, so that focus and selection survive each refresh.
"use strict";

const API = "/api/v1";
const STATES = ["queued", "running", "completed", "failed", "canceled"];
const REFRESH_MS = 2000;
const CONFIRM_MS = 5000;
const view = { state: null, limit: 25, token: sessionStorage.getItem("ffremote.token") };
const byId = (id) => document.getElementById(id);

async function request(path, options = {}) {
  const headers = view.token ? { Authorization: `Bearer ${view.token}` } : {};
  // Without "omit" the browser would open its own password dialog over the token form.
  const response = await fetch(API + path, { ...options, headers, credentials: "omit" });
  if (response.status === 401) byId("token").hidden = false;
  if (!response.ok) throw new Error((await response.json()).error.message);
  return response;
}

async function requestJson(path, options) {
  const response = await request(path, options);
  return response.status === 204 ? null : response.json();
}

function makeElement(tag, attributes = {}) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function setText(element, text) {
  const wanted = String(text ?? "");
  if (element.textContent !== wanted) element.textContent = wanted;
}

// Make the children of `parent` match `items`, by key; existing elements stay and are updated.
function renderList(parent, items, keyOf, build) {
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
  const columns = Array.from({ length: count }, () => makeElement("td"));
  row.append(...columns);
  return columns;
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

function progressText(job) {
  if (job.error) return `${job.error.message} ${job.error.details.hint ?? ""}`.trim();
  if (job.state === "completed") return "100 %";
  const percent = percentOf(job);
  return percent === null ? "" : `${percent} % ${job.phase ?? ""}`;
}

function shorten(element, id) {
  setText(element, id.slice(0, 8));
  element.title = id;
}

function showNotice(message) {
  setText(byId("notice"), message);
  byId("notice").hidden = !message;
}

async function runAction(step) {
  try {
    await step();
    await refresh();
  } catch (error) {
    showNotice(error.message);
  }
}

// A link cannot carry a token, so the script fetches the whole file and then saves it.
async function download(job) {
  showNotice(view.token ? `Fetching ${job.output_filename} …` : "");
  const response = await request(`/jobs/${job.job_id}/result`);
  const url = URL.createObjectURL(await response.blob());
  makeElement("a", { href: url, download: job.output_filename }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

function buildActions(cell) {
  const cancel = makeElement("button", { type: "button" });
  const link = makeElement("a");
  const removed = makeElement("span");
  let job = null;
  let timer = 0;
  const reset = () => { clearTimeout(timer); timer = 0; setText(cancel, "Cancel"); };
  setText(link, "Download");
  setText(removed, "files removed");
  cancel.addEventListener("click", () => {
    if (!timer) {
      setText(cancel, "Cancel it?");
      timer = setTimeout(reset, CONFIRM_MS);
      return;
    }
    reset();
    runAction(() => requestJson(`/jobs/${job.job_id}`, { method: "DELETE" }));
  });
  link.addEventListener("click", (event) => {
    if (!view.token) return;
    event.preventDefault();
    runAction(() => download(job));
  });
  reset();
  cell.append(cancel, link, removed);
  return (newJob) => {
    job = newJob;
    cancel.hidden = job.finished;
    cancel.setAttribute("aria-label", `Cancel ${job.output_filename}`);
    link.hidden = job.state !== "completed" || job.expired_at !== null;
    link.href = `${API}/jobs/${job.job_id}/result`;
    link.setAttribute("aria-label", `Download ${job.output_filename}`);
    removed.hidden = job.state !== "completed" || job.expired_at === null;
  };
}

function buildJob() {
  const row = makeElement("tr");
  const [idCell, name, stateCell, progressCell, createdCell, actionCell] = cells(row, 6);
  const id = makeElement("code");
  const state = makeElement("span");
  const bar = makeElement("progress", { max: 100 });
  const label = makeElement("span");
  const created = makeElement("span");
  name.className = "name";
  idCell.append(id);
  stateCell.append(state);
  progressCell.append(bar, label);
  createdCell.append(created);
  const updateActions = buildActions(actionCell);
  row.update = (job) => {
    shorten(id, job.job_id);
    setText(name, job.output_filename);
    name.title = job.input_filename ? `from ${job.input_filename}` : job.output_filename;
    setText(state, job.upload ? "uploading" : job.state);
    state.className = job.state;
    bar.hidden = percentOf(job) === null;
    bar.value = percentOf(job) ?? 0;
    bar.setAttribute("aria-label", `Progress of ${job.output_filename}`);
    progressCell.className = job.error ? "error" : "";
    setText(label, progressText(job));
    setText(created, ago(job.created_at));
    created.title = job.created_at;
    updateActions(job);
  };
  return row;
}

function buildWorker() {
  const row = makeElement("tr");
  const [idCell, ...rest] = cells(row, 6);
  const id = makeElement("code");
  idCell.append(id);
  row.update = (worker) => {
    shorten(id, worker.worker_id);
    const shown = [worker.state, worker.concurrency, worker.ffmpeg_version, worker.sandbox];
    shown.concat(ago(worker.heartbeat_at)).forEach((text, i) => setText(rest[i], text));
  };
  return row;
}

function buildState() {
  const button = makeElement("button", { type: "button" });
  let state = null;
  button.addEventListener("click", () => { view.state = state; refresh(); });
  button.update = (choice) => {
    state = choice.state;
    setText(button, `${state ?? "all"} ${choice.total}`);
    button.setAttribute("aria-pressed", view.state === state);
  };
  return button;
}

function renderStates(totals) {
  const all = STATES.reduce((sum, state) => sum + totals[state], 0);
  const choices = STATES.map((state) => ({ state, total: totals[state] }));
  renderList(byId("states"), [{ state: null, total: all }, ...choices], (one) => one.state, buildState);
}

async function refresh() {
  try {
    const wanted = view.state ? `&state=${view.state}` : "";
    const jobs = await requestJson(`/jobs?limit=${view.limit}${wanted}`);
    const counts = STATES.map((state) => requestJson(`/jobs?limit=1&state=${state}`));
    const [workers, ...pages] = await Promise.all([requestJson("/workers"), ...counts]);
    renderStates(Object.fromEntries(pages.map((page, i) => [STATES[i], page.total])));
    renderList(byId("jobs"), jobs.items, (job) => job.job_id, buildJob);
    byId("none").hidden = jobs.items.length > 0 || view.state !== null;
    byId("more").hidden = !jobs.next_cursor || view.limit >= 500;
    const present = workers.items.filter((worker) => worker.state !== "gone");
    renderList(byId("workers"), present, (worker) => worker.worker_id, buildWorker);
    byId("token").hidden = true;
    showNotice("");
  } catch (error) {
    showNotice(error instanceof TypeError ? "The server does not respond." : error.message);
  }
}

byId("more").addEventListener("click", () => { view.limit = Math.min(500, view.limit + 75); refresh(); });
byId("token").addEventListener("submit", (event) => {
  event.preventDefault();
  view.token = new FormData(event.target).get("token");
  sessionStorage.setItem("ffremote.token", view.token);
  refresh();
});
setInterval(() => { if (!document.hidden) refresh(); }, REFRESH_MS);
refresh();
