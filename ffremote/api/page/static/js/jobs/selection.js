// The chosen jobs, and the bar that acts on all of them.
import { count } from "../core/format.js";
import { html } from "../core/html.js";
import { makeStore, useStore } from "../core/store.js";
import { ACTIONS, act } from "./actions.js";

export const chosen = makeStore(new Set());

export function choose(id, on) {
  const next = new Set(chosen.get());
  if (on) next.add(id);
  else next.delete(id);
  chosen.set(next);
}

export const clear = () => chosen.set(new Set());

const WORDS = { cancel: "Cancel", retry: "Retry", remove: "Delete files" };

export function SelectionBar({ items, refresh }) {
  const ids = useStore(chosen);
  const jobs = items.filter((job) => ids.has(job.job_id));
  if (!jobs.length) return null;
  const button = (name) => {
    const able = jobs.filter(ACTIONS[name].applies);
    return html`<button type="button" class=${name === "retry" ? "" : "danger"} disabled=${!able.length}
      onClick=${async () => {
        if (await act(name, able)) {
          clear();
          refresh();
        }
      }}>
      ${WORDS[name]}${able.length && able.length < jobs.length ? ` (${able.length} of ${jobs.length})` : ""}
    </button>`;
  };
  return html`<section class="selection" aria-label="Chosen jobs">
    <strong>${count(jobs.length, "job")} chosen</strong>
    ${Object.keys(WORDS).map(button)}
    <button type="button" class="plain" onClick=${clear}>Choose none</button>
    <button type="button" class="plain" onClick=${() => chosen.set(new Set(items.map((job) => job.job_id)))}>Choose all ${items.length} shown</button>
  </section>`;
}
