// The one stream of news of this page, shared by its views, and what all views show of the service.
import { get, query } from "./api.js";
import { Feed } from "./live.js";
import { makeStore } from "./store.js";

export const service = makeStore(null); // GET /service: messages, limits, version
export const totals = makeStore(null); // jobs by state
export const queue = makeStore([]); // ids in the order in which they are claimed
export const workers = makeStore(null);

const SERVICE_MS = 20000;
const members = new Set();
let feed = null;
let readAt = 0;

// A view takes part with any of: `read()`, which loads what it shows; `job(item)`, `removed(id)`,
// `progress(items)`. Returns the function that ends it.
export function join(member) {
  members.add(member);
  return () => members.delete(member);
}

// Follow the progress of these jobs, too, besides the newest ones that the server follows anyway.
export function watch(ids) {
  feed?.turn(`/events${query({ jobs: ids.slice(0, 500).join(",") })}`);
}

export async function readService() {
  const found = await get("/service");
  readAt = Date.now();
  service.set(found);
  totals.set(found.totals);
}

export async function readWorkers() {
  workers.set((await get("/workers")).items);
}

async function poll() {
  await readService();
  await Promise.all([readWorkers(), ...[...members].map((member) => member.read?.())]);
}

function heard(name, data) {
  if (name === "totals") {
    totals.set(data.states);
    queue.set(data.queue);
  } else if (name === "workers") {
    workers.set(data.items);
    readService().catch(() => {}); // its messages may have changed; the next beat asks again
  } else if (name === "job") each("job", data);
  else if (name === "removed") each("removed", data.job_id);
  else if (name === "progress") each("progress", data.items);
  if (Date.now() - readAt > SERVICE_MS) {
    readAt = Date.now();
    readService().catch(() => {});
  }
}

function each(part, value) {
  for (const member of [...members]) member[part]?.(value);
}

export function start() {
  feed ??= new Feed("/events", { on: heard, poll, shared: true });
}
