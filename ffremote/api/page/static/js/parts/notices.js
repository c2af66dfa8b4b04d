// Short messages: spoken by screen readers, shown in a corner; errors stay until they are closed.
import { html, useEffect } from "../core/html.js";
import { makeStore, useStore } from "../core/store.js";
import { Icon } from "./icons.js";

const SHOWN_MS = 6000;
const notices = makeStore([]);
let last = 0;

export function say(text, { kind = "info" } = {}) {
  last += 1;
  const one = { id: last, text, kind };
  notices.set((all) => [...all.filter((each) => each.text !== text).slice(-3), one]);
  if (kind === "info") setTimeout(() => close(one.id), SHOWN_MS);
}

export const complain = (error) => say(error.message, { kind: "error" });

function close(id) {
  notices.set((all) => all.filter((one) => one.id !== id));
}

export function Notices() {
  const all = useStore(notices);
  return html`<div class="notices" role="status" aria-live="polite" aria-label="Messages">
    ${all.map(
      (one) => html`<p class=${`notice ${one.kind}`} key=${one.id}>
      <span>${one.text}</span>
      <button class="plain" type="button" aria-label="Close this message" onClick=${() => close(one.id)}><${Icon} name="close" /></button>
    </p>`,
    )}
  </div>`;
}

// Run a step, and say what went wrong; returns whether it went well.
export async function attempt(step) {
  try {
    await step();
    return true;
  } catch (error) {
    if (error.name !== "AbortError") complain(error);
    return false;
  }
}

const spoken = makeStore("");

// Say something to screen readers only.
export const speak = (text) => spoken.set(text);

export function Speaker() {
  const text = useStore(spoken);
  useEffect(() => {
    const timer = setTimeout(() => spoken.set(""), 4000);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<p class="unseen" role="status" aria-live="polite">${text}</p>`;
}
