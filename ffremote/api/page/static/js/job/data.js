// One job with everything about it, kept up to date while its page is open.
import { ApiError, get } from "../core/api.js";
import { learn } from "../core/known.js";
import { connection } from "../core/live.js";
import * as news from "../core/news.js";
import { segment } from "../core/place.js";
import { makeStore } from "../core/store.js";
import { isLive } from "../parts/progress.js";

const FILES = 200;

// error: why it could not be read; isGone: it was there and is no more.
export function openJob(id) {
  const store = makeStore({ job: null, files: null, error: null, isGone: false });
  const path = `/jobs/${segment(id)}`;
  let reading = false;
  let again = false;

  async function readFiles(job) {
    if (job.state !== "completed" || job.expired_at || !job.result) return null;
    return get(`${path}/files?limit=${FILES}`);
  }

  async function read() {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      const job = await get(path);
      const { files, job: earlier } = store.get();
      if (!earlier && isLive(job)) news.watch([id]);
      learn([job]);
      const isSame = files && earlier.state === job.state && earlier.expired_at === job.expired_at;
      store.patch({ job, files: isSame ? files : await readFiles(job), error: null });
    } catch (error) {
      fail(error);
      if (!(error instanceof ApiError)) throw error;
    } finally {
      reading = false;
    }
    if (again) {
      again = false;
      await read();
    }
  }

  function fail(error) {
    if (error.code === "JOB_NOT_FOUND" && store.get().job) store.patch({ isGone: true });
    else store.patch({ error });
  }

  const leave = news.join({
    // By polls an ended job is read no more often than its files may change.
    read: () =>
      connection.get().state === "polling" && store.get().job && !isLive(store.get().job) ? undefined : read(),
    job: (item) => {
      if (item.job_id === id) read().catch(() => {});
    },
    progress(items) {
      learn(items);
      const item = items.find((each) => each.job_id === id);
      const { job } = store.get();
      if (item && job && isLive(job)) store.patch({ job: { ...job, ...item } });
    },
    removed: (gone) => {
      if (gone === id) store.patch({ isGone: true });
    },
  });
  read().catch(() => {}); // the store has the error
  return { store, read, leave };
}
