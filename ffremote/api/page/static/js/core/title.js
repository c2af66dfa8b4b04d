// The title and the icon of the page, which say what runs while another tab is looked at.
import { running } from "./known.js";
import { totals } from "./news.js";
import { file } from "./place.js";
import { sending } from "./sending.js";
import { makeStore } from "./store.js";

export const subject = makeStore(""); // what the view is about

const PRODUCT = "ffremote";

function mean() {
  const values = [...running.get().values()];
  return values.length ? Math.floor(values.reduce((sum, one) => sum + one, 0) / values.length) : null;
}

function draw() {
  const number = totals.get()?.running ?? running.get().size;
  const share = number ? mean() : null;
  const state = number ? `${share === null ? "" : `${share} % · `}${number} running` : "";
  const sent = sending.get();
  const arrow = sent === null ? "" : `↑ ${sent} %`;
  document.title = [arrow, state, subject.get(), PRODUCT].filter(Boolean).join(" · ");
  const icon = number ? `running-${Math.min(9, Math.floor((share ?? 0) / 10))}` : "idle";
  const link = document.getElementById("icon");
  const wanted = file(`icons/${icon}.svg`);
  if (link.getAttribute("href") !== wanted) link.setAttribute("href", wanted);
}

for (const store of [running, totals, subject, sending]) store.subscribe(draw);
