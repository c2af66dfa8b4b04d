// The files that this page sends: a few jobs at a time, each file paused and continued by itself.
import { call, send as request } from "../core/api.js";
import { segment } from "../core/place.js";
import { sending } from "../core/sending.js";
import { makeStore } from "../core/store.js";
import { withUploads } from "./job-json.js";
import { dropRecord, keepRecord } from "./records.js";
import { answerWith } from "./tabs.js";
import { transfer } from "./tus.js";

const AT_ONCE = 3;

// state: waiting, sending, paused, stalled (tries again by itself), failed, done, canceled.
export const uploads = makeStore([]);

const handles = new Map(); // transfers by the key of their upload
const waiting = []; // jobs whose turn comes
let active = 0;
let last = 0;

export const isOurs = (id) => uploads.get().some((each) => each.upload_id === id && each.state !== "failed");

export const isSending = ({ state }) => ["waiting", "sending", "stalled"].includes(state);

function set(key, fields) {
  uploads.set((all) => all.map((each) => (each.key === key ? { ...each, ...fields } : each)));
}

const find = (key) => uploads.get().find((each) => each.key === key);

function row(file, name) {
  last += 1;
  return {
    key: last,
    name: file.name,
    size: file.size,
    sent: 0,
    state: "waiting",
    error: "",
    upload_id: null,
    job_id: null,
    result: name,
    isFinal: false,
  };
}

// Queue a job with its files.
export function submit(job, files) {
  const rows = files.map(({ file }) => row(file, job.output_filename ?? file.name));
  uploads.set((all) => [...all, ...rows]);
  waiting.push({ job, files: files.map(({ file }) => file), rows });
  next();
}

function next() {
  while (active < AT_ONCE && waiting.length) {
    active += 1;
    begin(waiting.shift()).finally(() => {
      active -= 1;
      next();
    });
  }
}

// Make the uploads, then the job that names them, then send the bytes: a refused job costs none.
async function begin({ job, files, rows }) {
  if (rows.every(({ key }) => find(key)?.state === "canceled")) return;
  const ids = [];
  try {
    for (const file of files) ids.push(await create(file));
    const made = await call("POST", "/jobs", { body: withUploads(job, ids) });
    files.forEach((file, n) => {
      keepRecord({
        upload_id: ids[n],
        job_id: made.job_id,
        name: file.name,
        size: file.size,
        modified: file.lastModified,
        result: rows[n].result,
      });
      set(rows[n].key, { upload_id: ids[n], job_id: made.job_id });
    });
  } catch (error) {
    for (const id of ids) call("DELETE", `/uploads/${segment(id)}`, { headers: TUS }).catch(() => {}); // else it expires
    for (const { key } of rows) set(key, { state: "failed", error: error.message });
    return;
  }
  await Promise.all(files.map((file, n) => transferred(rows[n].key, file)));
}

const TUS = { "Tus-Resumable": "1.0.0" };

async function create(file) {
  const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
  const headers = { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": `filename ${name}` };
  const response = await request("POST", "/uploads", { headers });
  return (await response.json()).upload_id;
}

// Send the bytes of one file; settles when they are sent, or the file is paused, failed, canceled.
async function transferred(key, file) {
  let settle;
  const settled = new Promise((resolve) => {
    settle = resolve;
  });
  const { upload_id: id } = find(key);
  try {
    const handle = await transfer(id, file, {
      progress: (sent) => set(key, { sent, ...(find(key)?.state === "stalled" ? { state: "sending" } : {}) }),
      stalled: (status) =>
        set(key, {
          state: "stalled",
          error: status ? `The server answered with status ${status}.` : "The server does not answer.",
        }),
      done() {
        dropRecord(id);
        set(key, { state: "done", sent: file.size, error: "" });
        settle();
      },
      failed({ status, message }) {
        const isFinal = [404, 410, 413, 415].includes(status);
        if (isFinal) dropRecord(id);
        set(key, { state: "failed", error: message, isFinal });
        settle();
      },
    });
    handles.set(key, { handle, settle, file });
    if (find(key).state === "waiting") go(key);
    else settle();
  } catch (error) {
    set(key, { state: "failed", error: error.message });
    settle();
  }
  return settled;
}

function go(key) {
  set(key, { state: "sending", error: "" });
  handles.get(key).handle.start();
}

export function pause(key) {
  const { handle, settle } = handles.get(key);
  handle.abort();
  set(key, { state: "paused" });
  settle();
}

// Go on after a pause or a failure; beside those of the queue, since it was asked for by hand.
export function goOn(key) {
  if (handles.has(key)) go(key);
}

export async function cancel(key) {
  const { job_id: job } = find(key);
  const mates = uploads.get().filter((each) => each.key === key || (job && each.job_id === job));
  for (const mate of mates) {
    handles.get(mate.key)?.handle.abort();
    handles.get(mate.key)?.settle();
    set(mate.key, { state: "canceled", error: "" });
    if (mate.upload_id) dropRecord(mate.upload_id);
  }
  if (job) await call("DELETE", `/jobs/${segment(job)}`);
}

export function resumeUpload(record, file) {
  const made = {
    ...row(file, record.result),
    upload_id: record.upload_id,
    job_id: record.job_id,
    sent: record.bytes_received,
  };
  uploads.set((all) => [...all, made]);
  transferred(made.key, file);
}

export const clearDone = () => uploads.set((all) => all.filter((each) => !["done", "canceled"].includes(each.state)));

answerWith(() =>
  uploads
    .get()
    .filter(isSending)
    .map((each) => each.upload_id),
);

uploads.subscribe((all) => {
  const active = all.filter(isSending);
  const size = active.reduce((sum, each) => sum + each.size, 0);
  const sent = active.reduce((sum, each) => sum + each.sent, 0);
  sending.set(size ? Math.floor((sent / size) * 100) : null);
});

addEventListener("beforeunload", (event) => {
  if (uploads.get().some(isSending)) event.preventDefault();
});
