// What a job would run, asked of the server while the form is filled in.
import { call } from "../core/api.js";
import { html, useEffect, useMemo, useState } from "../core/html.js";
import { visible } from "../core/format.js";
import { Copy } from "../parts/copy.js";
import { controlOf } from "./fields.js";
import { essential } from "./job-json.js";

const TYPING_MS = 300;

// answer: the planned command; error: why there is none; busy: another one is being asked for.
export function useDryRun(job) {
  const text = useMemo(() => (job ? JSON.stringify(job) : null), [job]);
  const [state, setState] = useState({ answer: null, error: null, busy: true });
  useEffect(() => {
    if (text === null) return undefined;
    const control = new AbortController();
    setState((was) => ({ ...was, busy: true }));
    const timer = setTimeout(async () => {
      try {
        const answer = await call("POST", "/jobs?dry_run=1", { body: text, signal: control.signal });
        setState({ answer, error: null, busy: false });
      } catch (error) {
        if (error.name !== "AbortError") setState({ answer: null, error, busy: false });
      }
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [text]);
  return state;
}

// The errors by the path of their control; what belongs to none is shown with the command.
export function errorsOf(error) {
  const path = error && controlOf(error.field);
  return path ? { [path]: error.message } : {};
}

export function Command({ run, name }) {
  const [whole, setWhole] = useState(false);
  const { answer, error, busy } = run;
  const passes = answer?.passes ?? [];
  const text = whole ? answer?.command : passes.map((argv) => essential(argv, name)).join("\n");
  return html`<section class=${`sheet command ${busy ? "busy" : ""}`} aria-labelledby="command-title" aria-busy=${busy}>
    <div class="headline"><h2 id="command-title">Resulting command</h2>
      ${answer && html`<${Copy} text=${text} what="the command" />`}
    </div>
    <div role="status">
      ${error && html`<p class="notice error" key="error"><span>${error.field && !error.message.includes(error.field) && html`<code>${visible(error.field)}</code> `}${visible(error.message)}</span></p>`}
      ${(answer?.warnings ?? []).map((each) => html`<p class="notice warning" key=${each}>${visible(each)}</p>`)}
    </div>
    ${
      answer &&
      html`<pre tabindex="0" aria-label="Resulting command"><code>${text}</code></pre>
      <label class="check"><input type="checkbox" checked=${whole} onChange=${({ currentTarget }) => setWhole(currentTarget.checked)} /> with all options</label>`
    }
    ${!answer && !error && html`<p class="hint">Asking the server …</p>`}
  </section>`;
}
