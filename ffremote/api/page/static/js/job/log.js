// The log of a job: read as it grows, searched here, followed while its end is seen.
import { send } from "../core/api.js";
import { count, plain } from "../core/format.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../core/html.js";
import { api, segment } from "../core/place.js";
import { isLive } from "../parts/progress.js";

const FOLLOW_MS = 1000;
const MOST = 500_000; // bytes of its end that are read at first

export function Log({ job, isGone }) {
  const { text, error } = useLog(job, isGone);
  const [wanted, setWanted] = useState("");
  const shown = useMemo(() => found(text, wanted.trim()), [text, wanted]);
  const block = useRef(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (atEnd.current && block.current) block.current.scrollTop = block.current.scrollHeight;
  }, [shown.text]);
  const look = () => {
    const { scrollTop, scrollHeight, clientHeight } = block.current;
    atEnd.current = scrollHeight - scrollTop - clientHeight < 30;
  };
  return html`<section class="sheet log" aria-labelledby="log-title">
    <div class="headline"><h2 id="log-title">Log</h2>
      <label class="search"><span class="unseen">Search the log</span><input type="search" placeholder="Search the log" value=${wanted} onInput=${(event) => setWanted(event.currentTarget.value)} /></label>
      <span class="hint" role="status">${wanted.trim() ? count(shown.number, "line") : ""}</span>
      <a href=${api(`/jobs/${segment(job.job_id)}/log`)} target="_blank" rel="noopener">As text</a>
    </div>
    ${error ? html`<p class="hint">${error}</p>` : html`<pre ref=${block} tabindex="0" aria-label="Log of the job" onScroll=${look}>${shown.text || (isLive(job) ? "Nothing yet." : "The log is empty.")}</pre>`}
  </section>`;
}

function found(text, wanted) {
  if (!wanted) return { text, number: 0 };
  const lines = text.split("\n").filter((line) => line.toLowerCase().includes(wanted.toLowerCase()));
  return { text: lines.join("\n") || "No line has this text.", number: lines.length };
}

const fresh = () => ({ offset: null, raw: "", decoder: new TextDecoder() });

function useLog(job, isGone) {
  const [state, setState] = useState({ text: "", error: "" });
  const reader = useRef(fresh());
  const attempt = useRef(job.attempt);
  const live = isLive(job);
  useEffect(() => {
    let timer = 0;
    const control = new AbortController();
    if (attempt.current !== job.attempt) reader.current = fresh(); // another log
    attempt.current = job.attempt;
    const follow = async () => {
      try {
        if (!document.hidden && (await readFurther(job.job_id, reader.current, control.signal))) {
          setState({ text: plain(reader.current.raw), error: "" });
        }
      } catch (error) {
        if (error.name === "AbortError") return;
        if (error.status === 404 || error.status === 410)
          setState((was) => ({ ...was, error: was.text ? "" : error.message }));
      }
      if (live) timer = setTimeout(follow, FOLLOW_MS);
    };
    if (!isGone) follow();
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [job.job_id, job.attempt, live, isGone]);
  return state;
}

// Append what was written since the last time, at first the end of the log; returns whether there was any.
async function readFurther(id, reader, signal) {
  const range = reader.offset === null ? `-${MOST}` : `${reader.offset}-`;
  let response;
  try {
    response = await send("GET", `/jobs/${segment(id)}/log`, { headers: { Range: `bytes=${range}` }, signal });
  } catch (error) {
    if (error.status !== 416) throw error;
    return false;
  }
  const data = new Uint8Array(await response.arrayBuffer());
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get("Content-Range") ?? "") ?? [null, "0"];
  const isFurther = reader.offset !== null && response.status === 206;
  const text = reader.decoder.decode(data, { stream: true });
  const beginning =
    Number(start) > 0 ? `… (the beginning is left out here)\n${text.slice(text.indexOf("\n") + 1)}` : text;
  reader.raw = isFurther ? (reader.raw + text).slice(-2 * MOST) : beginning;
  reader.offset = Number(start) + data.length;
  return data.length > 0;
}
