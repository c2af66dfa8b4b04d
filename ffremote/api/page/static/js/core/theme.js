// Light, dark, or as the system says: chosen by a button, kept by the browser.
import { makeStore } from "./store.js";

export const THEMES = ["system", "light", "dark"];

export const theme = makeStore(document.documentElement.dataset.theme ?? "system");

export function choose(name) {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  keep("ffremote.theme", name);
  theme.set(name);
}

// Store a small choice; a browser may forbid it, and then it lasts as long as the page.
export function keep(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {
    // nothing to do: the choice was made for this page
  }
}

export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
