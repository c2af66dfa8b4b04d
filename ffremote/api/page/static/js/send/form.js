// The form of the common fields; it changes the job JSON, and keeps what it does not know.
import { html, useId } from "../core/html.js";
import { Field } from "./field.js";
import { FORMATS, GROUPS } from "./fields.js";
import { extensionOf, withExtension } from "./job-json.js";

export function Form({ job, presets, onJob, errors, together, isRetry }) {
  const preset = presets.find(({ name }) => name === job.preset)?.job ?? {};
  const field = (path, title, rest = {}) =>
    html`<${Field} field=${{ path, title, kind: "text", ...rest }} job=${job} preset=${preset} onJob=${onJob} error=${errors[path]} />`;
  return html`<div class="form">
    <div class="grid first">
      ${!isRetry && html`<${Preset} job=${job} presets=${presets} onJob=${onJob} error=${errors.preset} />`}
      <${Format} job=${job} onJob=${onJob} error=${errors.container} />
      ${field("output_filename", "Name of the result", { hint: together || isRetry ? "" : "{stem} is the name of each file without its ending" })}
      ${
        together &&
        field("concat", "Several films", {
          kind: "choice",
          choices: [
            ["auto", "one after the other"],
            ["copy", "one after the other, unchanged"],
            ["encode", "one after the other, made alike"],
          ],
          hint: "else streams of the first, with subtitles, fonts and tables of the others",
        })
      }
    </div>
    ${GROUPS.map((group) => html`<${Group} key=${group.title} group=${group} job=${job} preset=${preset} onJob=${onJob} errors=${errors} />`)}
  </div>`;
}

function Preset({ job, presets, onJob, error }) {
  const id = useId();
  const chosen = presets.find(({ name }) => name === job.preset);
  const change = ({ currentTarget: { value } }) => {
    const next = { ...job, preset: value };
    if (!value) delete next.preset;
    const container = presets.find(({ name }) => name === value)?.job.container;
    onJob(container ? withExtension(next, container) : next);
  };
  return html`<div class="field">
    <label for=${id}>Preset</label>
    <select id=${id} value=${job.preset ?? ""} onChange=${change} data-path="preset" aria-invalid=${Boolean(error)} aria-describedby=${`${id}-hint`}>
      <option value="">none</option>
      ${presets.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
    </select>
    <small id=${`${id}-hint`}>${chosen?.description ?? "all is as FFmpeg does it, but for the fields below"}</small>
    <p class="field-error" role="alert">${error}</p>
  </div>`;
}

function Format({ job, onJob, error }) {
  const id = useId();
  const value = job.container ?? extensionOf(job.output_filename);
  const formats = FORMATS.includes(value) || !value ? FORMATS : [value, ...FORMATS];
  const change = ({ currentTarget }) => {
    const { container: _, ...rest } = job;
    onJob(withExtension(rest, currentTarget.value));
  };
  return html`<div class="field">
    <label for=${id}>Format</label>
    <select id=${id} value=${value} onChange=${change} data-path="container" aria-invalid=${Boolean(error)}>
      ${formats.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}
    </select>
    <small>the ending of the name decides it</small>
    <p class="field-error" role="alert">${error}</p>
  </div>`;
}

function Group({ group, job, preset, onJob, errors }) {
  const { title, part, off, fields } = group;
  const isOff = part && job[part] === false;
  const isSet =
    fields.some(({ path }) => path.split(".").reduce((value, key) => value?.[key], job) !== undefined) || isOff;
  const hasError = fields.some(({ path }) => errors[path]);
  const switchOff = ({ currentTarget: { checked } }) => {
    const next = { ...job };
    if (checked) next[part] = false;
    else delete next[part];
    onJob(next);
  };
  return html`<details class="group" open=${isSet || hasError || title === "Picture"}>
    <summary>${title}${isOff ? `: ${off}` : ""}</summary>
    ${off && html`<label class="check"><input type="checkbox" checked=${isOff} onChange=${switchOff} /> ${off}</label>`}
    ${!isOff && html`<div class="grid">${fields.map((field) => html`<${Field} key=${field.path} field=${field} job=${job} preset=${preset} onJob=${onJob} error=${errors[field.path]} />`)}</div>`}
  </details>`;
}
