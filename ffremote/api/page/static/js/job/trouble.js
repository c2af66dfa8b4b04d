// Why a job failed, what to do, FFmpeg's own words; and the warnings of any job.
import { plain, visible } from "../core/format.js";
import { html } from "../core/html.js";

export function Trouble({ job }) {
  const warnings = job.warnings ?? [];
  const details = job.error?.details ?? {};
  const tail = [details.stderr_tail ?? []].flat().join("\n");
  return html`
    ${
      job.error &&
      html`<section class="notice error trouble" aria-label="Why it failed">
      <div>
        <h2>${visible(job.error.message)}</h2>
        ${details.hint && html`<p>${visible(details.hint)}</p>`}
        ${tail && html`<pre tabindex="0" aria-label="The last words of FFmpeg">${plain(tail)}</pre>`}
        <p class="hint">reason: ${visible(details.reason)}${numbers(details)}</p>
      </div>
    </section>`
    }
    ${job.expired_at && html`<p class="notice">The files of this job were removed; its facts stay.</p>`}
    ${warnings.map((text) => html`<p class="notice warning" key=${text}>${visible(text)}</p>`)}`;
}

function numbers({ exit_code: code, signal }) {
  return `${code === null || code === undefined ? "" : ` · exit status ${code}`}${signal ? ` · signal ${signal}` : ""}`;
}
