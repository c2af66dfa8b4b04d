// The view in the part of the address after `#`: a path and its query.
import { makeStore } from "./store.js";

function parse() {
  const [path, text = ""] = location.hash.replace(/^#/, "").split("?");
  return { path: !path || path === "/" ? "/jobs" : path, query: new URLSearchParams(text) };
}

export const route = makeStore(parse());

addEventListener("hashchange", () => route.set(parse()));

export function href(path, fields = {}) {
  const pairs = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(pairs).toString();
  return `#${path}${text ? `?${text}` : ""}`;
}

export function go(path, fields) {
  location.hash = href(path, fields);
}

// Change the query of the present view without a step in the history.
export function refine(fields) {
  history.replaceState(null, "", href(route.get().path, fields));
  route.set(parse());
}
