// What can be done with the job of this page.
import { bytes } from "../core/format.js";
import { html } from "../core/html.js";
import { api, segment } from "../core/place.js";
import { href } from "../core/router.js";
import { Icon } from "../parts/icons.js";
import { isLive } from "../parts/progress.js";

const MAX_ARCHIVED = 2000;

export function Buttons({ job, files, run }) {
  if (isLive(job))
    return html`<div class="buttons"><button type="button" class="danger" onClick=${() => run("cancel")}>Cancel</button></div>`;
  const kept = !job.expired_at;
  return html`<div class="buttons">
    ${kept && job.result && (files?.total ?? 1) <= MAX_ARCHIVED && html`<a class="button primary" download href=${api(`/jobs/${segment(job.job_id)}/result`)}><${Icon} name="download" />Download ${files?.total > 1 ? "all as ZIP" : ""} <span>(${bytes(job.result.bytes)})</span></a>`}
    ${kept && html`<button type="button" onClick=${() => run("retry")}>Retry</button>`}
    ${kept && html`<a class="button" href=${href("/send", { retry: job.job_id })}>Change and retry</a>`}
    ${kept && job.state === "completed" && html`<button type="button" class="danger" onClick=${() => run("remove")}>Delete files</button>`}
  </div>`;
}
