// What the list is narrowed to: state, name, label, dates; all of it is in the address.
import { html, useEffect, useRef, useState } from "../core/html.js";
import { bind } from "../core/keys.js";
import { totals } from "../core/news.js";
import { refine } from "../core/router.js";
import { useStore } from "../core/store.js";
import { Icon } from "../parts/icons.js";

const STATES = ["queued", "running", "completed", "failed", "canceled"];
const TYPING_MS = 250;

export function readFilters(query) {
  const day = (name) => (/^\d{4}-\d{2}-\d{2}$/.test(query.get(name) ?? "") ? query.get(name) : "");
  return {
    state: STATES.includes(query.get("state")) ? query.get("state") : "",
    name: query.get("name") ?? "",
    label: query.get("label") ?? "",
    since: day("since"),
    until: day("until"),
  };
}

// The days of the filter as moments: from the start of one to the end of the other, here.
export function moments({ since, until }) {
  const at = (text, days) => {
    const [year, month, day] = text.split("-").map(Number);
    return new Date(year, month - 1, day + days).toISOString();
  };
  return { from: since && at(since, 0), until: until && at(until, 1) };
}

export function Filters({ filters }) {
  const counts = useStore(totals);
  const isNarrow = Boolean(filters.label || filters.since || filters.until);
  const [open, setOpen] = useState(isNarrow);
  const set = (fields) => refine({ ...filters, ...fields });
  const all = counts && STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return html`<div class="filters">
    <nav class="states" aria-label="Jobs by state">
      ${["", ...STATES].map(
        (
          state,
        ) => html`<button type="button" key=${state} class="tab" aria-pressed=${filters.state === state} onClick=${() => set({ state })}>
        ${state || "all"} <span class="number">${counts ? (state ? counts[state] : all) : ""}</span>
      </button>`,
      )}
    </nav>
    <${Search} text=${filters.name} onText=${(name) => set({ name })} />
    <button type="button" class="plain" aria-expanded=${open} aria-controls="further-filters" onClick=${() => setOpen(!open)}>More filters</button>
    <div class="further" id="further-filters" hidden=${!open}>
      <label>Label <input type="search" placeholder="name=value" value=${filters.label} onChange=${(event) => set({ label: event.currentTarget.value.trim() })} /></label>
      <label>From <input type="date" value=${filters.since} onChange=${(event) => set({ since: event.currentTarget.value })} /></label>
      <label>Until <input type="date" value=${filters.until} onChange=${(event) => set({ until: event.currentTarget.value })} /></label>
      <button type="button" class="plain" onClick=${() => refine({})}>Clear all filters</button>
    </div>
  </div>`;
}

function Search({ text, onText }) {
  const field = useRef(null);
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed.trim() === text) return undefined;
    const timer = setTimeout(() => onText(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => bind({ "/": { does: "search by name", run: () => field.current.focus() } }), []);
  return html`<label class="search"><${Icon} name="search" /><span class="unseen">Search by name</span>
    <input ref=${field} type="search" placeholder="Search by name" value=${typed} onInput=${(event) => setTyped(event.currentTarget.value)} />
  </label>`;
}
