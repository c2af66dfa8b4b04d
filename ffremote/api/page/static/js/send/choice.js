// The chosen files before they are sent, and how they become jobs.
import { makeStore } from "../core/store.js";
import { say } from "../parts/notices.js";
import { resume } from "./unfinished.js";

export const MAX_TOGETHER = 16;

// files: { key, file, role }; together: one job with all of them as its inputs.
export const choice = makeStore({ files: [], together: false });

let last = 0;

// Add files; one whose upload was interrupted goes on instead.
export function add(files) {
  const fresh = [];
  for (const file of files) {
    if (file.size === 0) say(`${file.name} is empty or a folder; choose files.`, { kind: "error" });
    else if (!resume(file)) {
      last += 1;
      fresh.push({ key: last, file, role: roleOf(file.name) });
    }
  }
  choice.set((was) => ({ ...was, files: [...was.files, ...fresh] }));
}

const ROLES = {
  srt: "subtitle",
  ass: "subtitle",
  ssa: "subtitle",
  vtt: "subtitle",
  ttf: "font",
  otf: "font",
  cube: "lut",
  tar: "sequence",
};

const roleOf = (name) => ROLES[name.toLowerCase().split(".").at(-1)] ?? "media";

export function remove(key) {
  choice.set((was) => ({ ...was, files: was.files.filter((each) => each.key !== key) }));
}

export function setRole(key, role) {
  choice.set((was) => ({ ...was, files: was.files.map((each) => (each.key === key ? { ...each, role } : each)) }));
}

export function move(key, by) {
  choice.set((was) => {
    const files = [...was.files];
    const from = files.findIndex((each) => each.key === key);
    const to = from + by;
    if (to < 0 || to >= files.length) return was;
    [files[from], files[to]] = [files[to], files[from]];
    return { ...was, files };
  });
}

export const clear = () => choice.set({ files: [], together: false });
