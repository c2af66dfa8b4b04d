// The page that sends: files, what to make of them, the command that results, and the transfers.
import { call, get } from "../core/api.js";
import { count, visible } from "../core/format.js";
import { html, useEffect, useMemo, useState } from "../core/html.js";
import { segment } from "../core/place.js";
import { go } from "../core/router.js";
import { useStore } from "../core/store.js";
import { kept, keep } from "../core/theme.js";
import { subject } from "../core/title.js";
import { attempt, say } from "../parts/notices.js";
import { choice, clear } from "./choice.js";
import { Command, errorsOf, useDryRun } from "./dry-run.js";
import { Editor } from "./editor.js";
import { Files } from "./files-view.js";
import { Form } from "./form.js";
import { jobFor, withoutUploads } from "./job-json.js";
import { submit } from "./uploads.js";
import { Unfinished, Uploads } from "./uploads-view.js";

const KEPT = "ffremote.job";

function firstJob() {
  try {
    const job = JSON.parse(kept(KEPT));
    if (job && typeof job === "object" && !Array.isArray(job)) return job;
  } catch {
    // Not written by this version of the page.
  }
  return { preset: "web-720p", output_filename: "{stem}.mp4" };
}

export function Send({ query }) {
  const retry = query.get("retry");
  const [job, setJob] = useState(retry ? null : firstJob);
  const [earlier, setEarlier] = useState(null);
  useEffect(() => subject.set(retry ? "change and retry" : "send"), [retry]);
  useEffect(() => {
    if (!retry) return;
    attempt(async () => {
      const found = await get(`/jobs/${segment(retry)}`);
      setEarlier(found);
      setJob(withoutUploads(found.job));
    });
  }, [retry]);
  if (!job) return html`<p class="empty" role="status">Reading the job …</p>`;
  return html`<${Sender} job=${job} setJob=${setJob} earlier=${earlier} />`;
}

function Sender({ job, setJob, earlier }) {
  const chosen = useStore(choice);
  const [presets, setPresets] = useState([]);
  const [isText, setText] = useState(Boolean(earlier));
  useEffect(() => {
    attempt(async () => setPresets((await get("/presets")).items));
  }, []);
  const files = earlier ? [] : chosen.files;
  const groups = chosen.together ? [files] : files.map((each) => [each]);
  const first = useMemo(() => jobFor(job, groups[0] ?? []), [job, chosen]);
  const run = useDryRun(first);
  const errors = errorsOf(run.error);
  const needsNone = Array.isArray(job.inputs) && job.inputs.length === 0;
  const able = Boolean(run.answer) && (files.length > 0 || earlier || needsNone);
  const start = () => attempt(() => (earlier || needsNone ? sendWithoutFiles(first, earlier) : sendFiles(job, groups)));
  return html`<section class="send" aria-labelledby="send-title">
    <div class="headline"><h1 id="send-title">${earlier ? "Change and retry" : "Send files"}</h1></div>
    <${Unfinished} /><${Uploads} />
    ${earlier ? html`<p class="notice">A further job on the inputs of <strong>${visible(earlier.job.output_filename ?? earlier.job_id)}</strong>: nothing is sent again.</p>` : html`<${Files} />`}
    <div class="beside"><section class="sheet" aria-labelledby="make-title">
      <div class="headline"><h2 id="make-title">What to make</h2>
        <div class="buttons" role="group" aria-label="How to describe it">
          <button type="button" class="tab" aria-pressed=${!isText} onClick=${() => setText(false)}>Form</button>
          <button type="button" class="tab" aria-pressed=${isText} onClick=${() => setText(true)}>JSON</button>
        </div></div>
      ${isText ? html`<${Editor} job=${job} onJob=${setJob} error=${run.error} />` : html`<${Form} job=${job} presets=${presets} onJob=${setJob} errors=${errors} together=${chosen.together} isRetry=${Boolean(earlier)} />`}
    </section>
    <div class="outcome"><${Command} run=${run} name=${first.output_filename ?? "output"} />
    <div class="send-bar">
      <button type="button" class="primary" disabled=${!able} onClick=${start}>${label(files.length, groups.length, earlier, needsNone)}</button>
      <span class="hint">${able ? "" : missing(files.length, earlier, run)}</span>
    </div></div></div>
  </section>`;
}

function label(files, jobs, earlier, needsNone) {
  if (earlier || (needsNone && !files)) return "Queue the job";
  if (files > 1 && jobs === 1) return `Send ${count(files, "file")} as one job`;
  return files > 1 ? `Send ${count(files, "file")}` : "Send";
}

function missing(files, earlier, run) {
  if (run.busy) return "Checking …";
  if (run.error) return run.error.field ? "One field has to be changed first." : "The server cannot take this job now.";
  return files || earlier ? "" : "Choose files first.";
}

function sendFiles(job, groups) {
  for (const group of groups) submit(jobFor(job, group), group);
  keep(KEPT, JSON.stringify(withoutUploads({ ...job, inputs: undefined })));
  say(
    `${count(groups.length, "job")} on the way. This page may show anything else meanwhile; only closing it interrupts.`,
  );
  clear();
  scrollTo(0, 0);
}

async function sendWithoutFiles(job, earlier) {
  const path = earlier ? `/jobs/${segment(earlier.job_id)}/retry` : "/jobs";
  const made = await call("POST", path, { body: job });
  go(`/jobs/${made.job_id}`);
}
