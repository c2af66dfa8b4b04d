// One field of the form: its label, its control, the preset's value, and the error beside it.
import { visible } from "../core/format.js";
import { html, useEffect, useId, useState } from "../core/html.js";
import { at, put } from "./job-json.js";

export function Field({ field, job, preset, onJob, error, disabled }) {
  const id = useId();
  const value = at(job, field.path);
  const inherited = at(preset, field.path);
  const set = (next) => onJob(put(job, field.path, next));
  const common = {
    id,
    disabled,
    "aria-invalid": Boolean(error),
    "aria-describedby": `${id}-hint ${id}-error`,
    "data-path": field.path,
  };
  return html`<div class="field">
    <label for=${id}>${field.title}</label>
    <${KINDS[field.kind]} field=${field} value=${value} inherited=${inherited} set=${set} common=${common} />
    <small id=${`${id}-hint`}>${field.hint}</small>
    <p class="field-error" id=${`${id}-error`} role="alert">${error && visible(error)}</p>
  </div>`;
}

const word = (inherited, fallback) =>
  inherited === undefined || typeof inherited === "object" ? fallback : `${inherited} (preset)`;

function Choice({ field, value, inherited, set, common }) {
  const known = field.choices.some(([each]) => each === String(value));
  return html`<select ...${common} value=${value === undefined ? "" : String(value)} onChange=${({ currentTarget: { value: next } }) => set(next === "" ? undefined : field.number ? Number(next) : next)}>
    <option value="">${word(inherited, "automatic")}</option>
    ${field.choices.map(([each, words]) => html`<option key=${each} value=${each}>${words}</option>`)}
    ${value !== undefined && !known && html`<option value=${String(value)}>${visible(value)}</option>`}
  </select>`;
}

// A text is a number in the JSON if it reads as one and the field is a number's.
function Text({ field, value, inherited, set, common }) {
  const isNumber = field.kind === "number";
  const [typed, setTyped] = useState(String(value ?? ""));
  useEffect(() => {
    if (String(value ?? "") !== typed) setTyped(String(value ?? ""));
  }, [value]);
  const change = ({ currentTarget: { value: text } }) => {
    setTyped(text);
    const number = Number(text);
    set(text === "" ? undefined : isNumber && !Number.isNaN(number) ? number : text);
  };
  const list = field.suggestions && `${common.id}-list`;
  return html`<input ...${common} type="text" inputmode=${isNumber ? "decimal" : null} list=${list} autocomplete="off" spellcheck=${false} placeholder=${word(inherited, "")} value=${typed} onInput=${change} />
    ${list && html`<datalist id=${list}>${field.suggestions.map((each) => (Array.isArray(each) ? html`<option key=${each[0]} value=${each[0]}>${each[1]}</option>` : html`<option key=${each} value=${each} />`))}</datalist>`}`;
}

function Check({ value, set, common }) {
  return html`<input ...${common} type="checkbox" checked=${value === true} onChange=${({ currentTarget }) => set(currentTarget.checked || undefined)} />`;
}

const written = (labels) =>
  Object.entries(labels ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

function read(text) {
  const pairs = text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean)
    .map((each) => {
      const [name, ...rest] = each.split("=");
      return [name.trim(), rest.join("=").trim()];
    });
  return pairs.length ? Object.fromEntries(pairs) : undefined;
}

function Labels({ value, set, common }) {
  const [typed, setTyped] = useState(written(value));
  useEffect(() => {
    if (written(value) !== written(read(typed))) setTyped(written(value));
  }, [value]);
  return html`<input ...${common} type="text" autocomplete="off" placeholder="film=42" value=${typed} onInput=${({
    currentTarget,
  }) => {
    setTyped(currentTarget.value);
    set(read(currentTarget.value));
  }} />`;
}

const KINDS = { choice: Choice, text: Text, number: Text, check: Check, labels: Labels };
