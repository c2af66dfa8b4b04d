// The server's clock, by the Date of its answers, so that a wrong clock here shows no wrong ages.
import { makeStore } from "./store.js";

let offset = 0;

export const seconds = makeStore(0); // changes once a second while the page is seen

export function heard(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isNaN(date) && Math.abs(date - Date.now() - offset) > 2000) offset = date - Date.now();
}

export const now = () => Date.now() + offset;

setInterval(() => {
  if (!document.hidden) seconds.set(Math.floor(now() / 1000));
}, 1000);
