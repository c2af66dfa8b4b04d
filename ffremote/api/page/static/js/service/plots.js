// The last hour as plots: jobs that wait and run, jobs that ended, bytes in and out, free disk.
import { get } from "../core/api.js";
import { bytes } from "../core/format.js";
import { html, useEffect, useRef, useState } from "../core/html.js";
import { file } from "../core/place.js";
import { useStore } from "../core/store.js";
import { theme } from "../core/theme.js";

const READ_MS = 30000;
const HEIGHT = 150;

const PLOTS = [
  {
    title: "Queue",
    lines: [
      ["queued", "waiting", "--warn"],
      ["running", "running", "--run"],
    ],
  },
  {
    title: "Ended, each minute",
    lines: [
      ["completed", "completed", "--good"],
      ["failed", "failed", "--bad"],
    ],
  },
  {
    title: "Bytes, each minute",
    form: bytes,
    lines: [
      ["bytes_in", "in", "--run"],
      ["bytes_out", "out", "--good"],
    ],
  },
  { title: "Free disk", form: bytes, lines: [["free_bytes", "free", "--run"]] },
];

let loading = null;

function load() {
  loading ??= new Promise((resolve, reject) => {
    const sheet = Object.assign(document.createElement("link"), {
      rel: "stylesheet",
      href: file("vendor/uPlot.min.css"),
    });
    const script = Object.assign(document.createElement("script"), { src: file("vendor/uPlot.iife.min.js") });
    script.onload = () => resolve(globalThis.uPlot);
    script.onerror = () => {
      loading = null;
      reject(new Error("The plots could not be loaded."));
    };
    document.head.append(sheet, script);
  });
  return loading;
}

export function Plots() {
  const [items, setItems] = useState(null);
  const [error, setError] = useState("");
  useEffect(() => {
    const read = async () => {
      if (document.hidden) return;
      try {
        setItems((await get("/service/history?minutes=60")).items);
        setError("");
      } catch (failure) {
        // While servers of a fleet are updated one by one, another one may not know it yet.
        setError(failure.status === 404 ? "" : failure.message);
      }
    };
    read();
    const timer = setInterval(read, READ_MS);
    return () => clearInterval(timer);
  }, []);
  if (error && !items) return html`<p class="hint">${error}</p>`;
  if (!items) return null;
  if (items.length < 2)
    return html`<p class="hint">Plots of the last hour appear after two minutes: a sample is taken each minute.</p>`;
  return html`<section class="plots" aria-label="The last hour">${PLOTS.map((plot) => html`<${Plot} key=${plot.title} plot=${plot} items=${items} />`)}</section>`;
}

function Plot({ plot, items }) {
  const place = useRef(null);
  const chosen = useStore(theme);
  const form = plot.form ?? ((value) => String(value));
  useEffect(() => {
    let drawn = null;
    let ended = false;
    load().then(
      (UPlot) => {
        if (!ended) drawn = new UPlot(options(plot, form, place.current.clientWidth), data(plot, items), place.current);
      },
      () => {},
    ); // the words below the title say the same
    const fit = () => drawn?.setSize({ width: place.current.clientWidth, height: HEIGHT });
    addEventListener("resize", fit);
    return () => {
      ended = true;
      removeEventListener("resize", fit);
      drawn?.destroy();
    };
  }, [items, chosen]);
  const newest = items.at(-1);
  return html`<figure class="sheet plot">
    <figcaption><strong>${plot.title}</strong> ${plot.lines.map(([name, words, colour]) => html`<span class=${`key ${colour.slice(2)}`} key=${name}>${words} ${form(newest[name] ?? 0)}</span>`)}</figcaption>
    <div ref=${place} role="img" aria-label=${describe(plot, items, form)}></div>
  </figure>`;
}

function describe(plot, items, form) {
  const most = (name) => Math.max(...items.map((item) => item[name] ?? 0));
  return `${plot.title}: ${plot.lines.map(([name, words]) => `${words} now ${form(items.at(-1)[name] ?? 0)}, at most ${form(most(name))}`).join("; ")}`;
}

const data = (plot, items) => [
  items.map((item) => Date.parse(item.at) / 1000),
  ...plot.lines.map(([name]) => items.map((item) => item[name] ?? null)),
];

function options(plot, form, width) {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--soft"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui",
  };
  return {
    width,
    height: HEIGHT,
    padding: [6, 10, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, low, high) => [0, Math.max(high * 1.1, 1)] } },
    axes: [
      {
        ...axis,
        size: 26,
        values: (_, ticks) =>
          ticks.map((tick) =>
            new Date(tick * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" }),
          ),
      },
      {
        ...axis,
        size: 62,
        values: (_, ticks) => ticks.map((tick) => (plot.form || Number.isInteger(tick) ? form(tick) : "")),
      },
    ],
    series: [
      {},
      ...plot.lines.map(([, words, name]) => ({
        label: words,
        stroke: colour(name),
        width: 2,
        points: { show: false },
      })),
    ],
  };
}
