// The jobs that the list shows: read page by page, then kept up to date in place.
import { get, query } from "../core/api.js";
import { visible } from "../core/format.js";
import { forget, learn } from "../core/known.js";
import * as news from "../core/news.js";
import { makeStore } from "../core/store.js";
import { speak } from "../parts/notices.js";
import { isLive } from "../parts/progress.js";

const PAGE = 50;
const MOST = 500; // of one request
const RELOAD_MS = 1000;
const EMPTY_PAGES = 20; // of a search, before the user is asked to go on

export const list = makeStore({ items: [], total: null, next: null, loading: true, error: null, filters: {} });

let run = 0; // answers of an earlier filter are dropped
let timer = 0;

const parameters = ({ state, name, label, from, until }) => ({
  state,
  name,
  label,
  created_after: from,
  created_before: until,
});

async function read(filters, wanted, cursor) {
  const found = { items: [], total: null, next: cursor };
  for (let page = 0; page < EMPTY_PAGES && found.items.length < wanted; page += 1) {
    const limit = Math.min(MOST, wanted - found.items.length);
    const answer = await get(`/jobs${query({ ...parameters(filters), limit, cursor: found.next })}`);
    found.items.push(...answer.items);
    found.total ??= answer.total;
    found.next = answer.next_cursor;
    if (!found.next) break;
  }
  return found;
}

export async function load(filters) {
  run += 1;
  list.patch({ filters, loading: true, error: null });
  await refresh(PAGE);
  watchShown();
}

export async function more() {
  const { filters, items, next } = list.get();
  const mine = run;
  const found = await read(filters, PAGE, next);
  if (mine === run) show({ ...found, items: merged(items, found.items), total: list.get().total });
  watchShown();
}

// Ask for the progress of what is shown, once for each list: jobs that come later are the newest,
// whose progress comes anyway, and another set would be another stream each time.
function watchShown() {
  const live = list
    .get()
    .items.filter(isLive)
    .map((job) => job.job_id);
  news.watch(live.length > PAGE || list.get().filters.state ? live : []);
}

// Read again as many as are shown.
export async function refresh(least = PAGE) {
  const mine = run;
  const { filters, items } = list.get();
  try {
    const found = await read(
      filters,
      Math.max(least, least === PAGE && list.get().loading ? PAGE : items.length),
      null,
    );
    if (mine === run) show(found);
  } catch (error) {
    if (mine === run) list.patch({ loading: false, error });
    throw error;
  }
}

function show({ items, total, next }) {
  const before = new Map(list.get().items.map((job) => [job.job_id, job]));
  const kept = items.map((job) => withProgress(job, before.get(job.job_id)));
  for (const job of items) announce(before.get(job.job_id), job);
  list.patch({ items: kept, total, next, loading: false, error: null });
  learn(items);
}

// The last progress that the stream told is newer than what a list item has.
function withProgress(job, earlier) {
  return earlier && isLive(job) && earlier.state === job.state ? { ...earlier, ...job } : job;
}

// Screen readers hear of the end of a job that is shown, not of each percent.
function announce(before, after) {
  if (before && isLive(before) && !isLive(after)) speak(`${visible(after.output_filename)}: ${after.state}.`);
}

function merged(items, further) {
  const seen = new Set(items.map((job) => job.job_id));
  return [...items, ...further.filter((job) => !seen.has(job.job_id))];
}

function change(ids, alter) {
  list.patch({ items: list.get().items.map((job) => (ids.has(job.job_id) ? alter(job) : job)) });
}

function soon() {
  timer ||= setTimeout(() => {
    timer = 0;
    refresh().catch(() => {}); // the connection's state is shown by the shell
  }, RELOAD_MS);
}

// The part of the list in the news; `follow` takes part in them while the list is seen.
export function follow() {
  return news.join({
    read: () => refresh(),
    job(item) {
      learn([item]);
      const known = list.get().items.find((job) => job.job_id === item.job_id);
      announce(known, item);
      if (known) change(new Set([item.job_id]), (job) => ({ ...job, ...item }));
      const { state } = list.get().filters;
      if (!known || (state && item.state !== state)) soon();
    },
    progress(items) {
      learn(items);
      const byId = new Map(items.map((item) => [item.job_id, item]));
      change(new Set(byId.keys()), (job) => (isLive(job) ? { ...job, ...byId.get(job.job_id) } : job));
    },
    removed(id) {
      forget(id);
      list.patch({ items: list.get().items.filter((job) => job.job_id !== id) });
    },
  });
}
