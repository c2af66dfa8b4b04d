// Single keys that do what a click does; they can be turned off, since they disturb some users.
import { makeStore } from "./store.js";
import { keep, kept } from "./theme.js";

export const enabled = makeStore(kept("ffremote.keys") !== "off");

const bound = new Map();

export function turn(on) {
  keep("ffremote.keys", on ? "on" : "off");
  enabled.set(on);
}

// Bind keys, as { "/": { does: "search", run } }, until the returned function is called.
export function bind(keys) {
  for (const [key, action] of Object.entries(keys)) bound.set(key, action);
  return () => {
    for (const [key, action] of Object.entries(keys)) if (bound.get(key) === action) bound.delete(key);
  };
}

export const all = () => [...bound].map(([key, { does }]) => ({ key, does }));

const isTyping = (target) =>
  target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

addEventListener("keydown", (event) => {
  if (!enabled.get() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const action = bound.get(event.key);
  if (!action) return;
  event.preventDefault();
  action.run(event);
});
