// The transfers of this page, and those that an earlier one left unfinished.
import { bytes, percent } from "../core/format.js";
import { html, useEffect, useRef } from "../core/html.js";
import { href } from "../core/router.js";
import { useStore } from "../core/store.js";
import { Icon } from "../parts/icons.js";
import { Name } from "../parts/name.js";
import { attempt, say } from "../parts/notices.js";
import { Bar } from "../parts/progress.js";
import { forgetUpload, lookForUnfinished, resume, unfinished } from "./unfinished.js";
import { cancel, clearDone, goOn, pause, uploads } from "./uploads.js";

const WORDS = {
  waiting: "waits for its turn",
  sending: "sending",
  paused: "paused",
  stalled: "interrupted; tries again by itself",
  failed: "failed",
  done: "sent",
  canceled: "canceled",
};

export function Uploads() {
  const all = useStore(uploads);
  if (!all.length) return null;
  const ended = all.some(({ state }) => state === "done" || state === "canceled");
  return html`<section class="sheet" aria-labelledby="sending-title">
    <div class="headline"><h2 id="sending-title">Sending</h2>${ended && html`<button type="button" class="plain" onClick=${clearDone}>Clear what is done</button>`}</div>
    <ul class="uploads">${all.map((each) => html`<${Upload} key=${each.key} each=${each} />`)}</ul>
  </section>`;
}

function Upload({ each }) {
  const { key, name, size, sent, state, error, isFinal, job_id: job } = each;
  const share = size ? (sent / size) * 100 : 0;
  return html`<li class=${`transfer ${state}`}>
    <div class="transfer-name"><${Name} text=${name} />${job && html` <a href=${href(`/jobs/${job}`)}>${state === "done" ? "its job" : "job"}</a>`}</div>
    <div class="tale"><${Bar} value=${share} kind=${state === "done" ? "" : "upload"} label=${`Upload of ${name}`} />
      <span class="words"><span>${WORDS[state]}</span><span>${percent(share)}</span><span>${bytes(sent)} of ${bytes(size)}</span></span>
      ${error && html`<p class="field-error" role="alert">${error}</p>`}</div>
    <div class="do">
      ${["sending", "stalled"].includes(state) && html`<button type="button" aria-label=${`Pause ${name}`} onClick=${() => pause(key)}><${Icon} name="pause" />Pause</button>`}
      ${(state === "paused" || (state === "failed" && job && !isFinal)) && html`<button type="button" aria-label=${`Go on with ${name}`} onClick=${() => goOn(key)}><${Icon} name="play" />Go on</button>`}
      ${["waiting", "sending", "paused", "stalled"].includes(state) && html`<button type="button" class="plain" aria-label=${`Cancel ${name}`} onClick=${() => attempt(() => cancel(key))}><${Icon} name="close" /></button>`}
    </div>
  </li>`;
}

export function Unfinished() {
  const all = useStore(unfinished);
  useEffect(() => {
    lookForUnfinished().catch(() => {});
  }, []); // without an answer nothing is known to be unfinished
  if (!all.length) return null;
  return html`<section class="sheet unfinished" aria-labelledby="unfinished-title">
    <h2 id="unfinished-title">Unfinished uploads</h2>
    <p class="hint">They were interrupted, perhaps by a reload. A browser may not open files again by itself: choose the same file, and it goes on where it stopped.</p>
    <ul class="uploads">${all.map((record) => html`<${Interrupted} key=${record.upload_id} record=${record} />`)}</ul>
  </section>`;
}

function Interrupted({ record }) {
  const input = useRef(null);
  const { name, size, bytes_received: received } = record;
  const take = () => {
    const [file] = input.current.files;
    input.current.value = "";
    if (file && !resume(file)) say(`This is not the same ${name}: its name, size or date differ.`, { kind: "error" });
  };
  return html`<li class="transfer">
    <div class="transfer-name"><${Name} text=${name} /> <a href=${href(`/jobs/${record.job_id}`)}>job</a></div>
    <div class="tale"><${Bar} value=${(received / size) * 100} kind="upload" label=${`Upload of ${name}`} /><span class="words"><span>${percent((received / size) * 100)}</span><span>${bytes(received)} of ${bytes(size)}</span></span></div>
    <div class="do">
      <button type="button" aria-label=${`Choose ${name} again`} onClick=${() => input.current.click()}>Choose it again</button>
      <input ref=${input} type="file" hidden aria-hidden="true" tabindex="-1" onChange=${take} />
      <button type="button" class="plain" aria-label=${`Forget the upload of ${name}`} onClick=${() => forgetUpload(record)}><${Icon} name="close" /></button>
    </div>
  </li>`;
}
