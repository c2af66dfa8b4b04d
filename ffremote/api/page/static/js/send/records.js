// What this browser keeps of its unfinished uploads, so that they go on after a reload.
import { ROOT } from "../core/place.js";

const KEY = `ffremote.uploads ${ROOT}`;

export function records() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

// Read, change and write at once: another tab may have written since.
function change(alter) {
  try {
    localStorage.setItem(KEY, JSON.stringify(alter(records())));
  } catch {
    // A browser that keeps nothing sends as well; only a reload loses its place.
  }
}

export const keepRecord = (record) =>
  change((all) => [...all.filter((each) => each.upload_id !== record.upload_id), record]);

export const dropRecord = (id) => change((all) => all.filter((each) => each.upload_id !== id));
