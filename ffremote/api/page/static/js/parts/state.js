// The state of a job as a word with its icon, so that no colour alone tells it.
import { html } from "../core/html.js";
import { Icon } from "./icons.js";

export const stateOf = (job) => (job.upload && job.state === "queued" ? "uploading" : job.state);

export function State({ job, hideWord = false }) {
  const state = stateOf(job);
  return html`<span class=${`state ${state}`}><${Icon} name=${state} /><span class=${hideWord ? "unseen" : ""}>${state}</span></span>`;
}
