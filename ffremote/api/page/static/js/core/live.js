// News of the server: a stream of events, else a beat of polls; and the state of the connection.
import { refused } from "./api.js";
import { api } from "./place.js";
import { makeStore } from "./store.js";

const POLL_MS = 2000;
const RETRY_MS = [1000, 2000, 4000, 8000];
const NAMES = ["hello", "job", "removed", "progress", "totals", "workers", "resync", "status", "end"];
const REFUSED_MS = 60000;
const OPEN_MS = 6000; // a proxy that holds a stream back is found by its silence

// state: "connecting", "live", "polling" (no stream is to be had) or "lost" (no answer).
export const connection = makeStore({ state: "connecting" });

// `path` is a path of events; `on` is called with each event's name and data; `poll` reads the same
// by requests: after a (re)connect, and again and again where there is no stream.
export class Feed {
  constructor(path, { on, poll, shared = false }) {
    Object.assign(this, { path, on, poll, shared, source: null, timer: 0, failures: 0, streamsFrom: 0, ended: false });
    this.seen = () => (document.hidden ? this.pause() : this.start());
    document.addEventListener("visibilitychange", this.seen);
    this.forget = refused.subscribe((is) => (is ? this.pause() : this.start()));
    this.start();
  }

  start() {
    if (this.ended || document.hidden || refused.get() || this.source || this.timer) return;
    if (this.hasStreams()) this.open();
    else this.beat();
  }

  hasStreams() {
    return "EventSource" in window && Date.now() >= this.streamsFrom;
  }

  // Follow another path, as when other rows are seen.
  turn(path) {
    if (path === this.path) return;
    this.path = path;
    if (this.source) {
      this.pause();
      this.start();
    }
  }

  open() {
    const source = new EventSource(api(this.path));
    this.source = source;
    this.timer = setTimeout(() => this.failed(), OPEN_MS);
    for (const name of NAMES) source.addEventListener(name, (event) => this.heard(name, JSON.parse(event.data)));
    source.onerror = () => (source.readyState === EventSource.CLOSED ? this.failed() : this.broke());
  }

  heard(name, data) {
    if (name === "hello") {
      clearTimeout(this.timer);
      this.timer = 0;
      this.failures = 0;
      this.tell("live");
      if (!data.resumed) this.read();
    } else if (name === "resync") this.read();
    else this.on(name, data);
  }

  // The browser opens it again by itself, and tells the server what it heard last.
  broke() {
    this.timer ||= setTimeout(() => this.failed(), OPEN_MS);
    this.tell("connecting");
  }

  // Nothing came, or the stream was refused. By a poll the page learns why: the server is away, a
  // token is missing, or there are no streams here; then they are asked for after a while.
  async failed() {
    this.close();
    this.timer = setTimeout(() => {}, 0); // busy: no second start in between
    const answers = await this.read();
    this.close();
    if (refused.get() || this.ended) return;
    if (answers) this.streamsFrom = Date.now() + REFUSED_MS;
    else this.tell("lost");
    this.again();
  }

  async beat() {
    this.timer = setTimeout(() => {}, 0);
    const answers = await this.read();
    this.close();
    if (this.ended || document.hidden || refused.get()) return;
    if (answers) {
      this.tell("polling");
      this.timer = setTimeout(() => {
        this.timer = 0;
        this.start();
      }, POLL_MS);
    } else {
      this.tell("lost");
      this.again();
    }
  }

  async read() {
    try {
      await this.poll();
      this.failures = 0;
      return true;
    } catch (error) {
      if (error.name === "AbortError") return true;
      if (error.status && error.status < 500 && error.status !== 404) return true; // it answers; the view says what
      return false;
    }
  }

  again() {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(
      () => {
        this.timer = 0;
        this.start();
      },
      this.failures === 1 ? 50 : wait,
    );
  }

  tell(state) {
    if (this.shared) connection.patch({ state });
  }

  close() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.source?.close();
    this.source = null;
  }

  pause() {
    this.close();
  }

  end() {
    this.ended = true;
    this.close();
    this.forget();
    document.removeEventListener("visibilitychange", this.seen);
  }
}
