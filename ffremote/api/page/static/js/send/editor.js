// The job JSON as text, for those who know it; what it says is the job, once it can be read.
import { html, useEffect, useId, useRef, useState } from "../core/html.js";

const written = (job) => JSON.stringify(job, null, 2);

export function Editor({ job, onJob, error }) {
  const id = useId();
  const [text, setText] = useState(() => written(job));
  const [problem, setProblem] = useState("");
  const ours = useRef(job); // the last job that came from this text
  useEffect(() => {
    if (job === ours.current) return;
    setText(written(job));
    setProblem("");
  }, [job]);
  const change = ({ currentTarget: { value } }) => {
    setText(value);
    try {
      const parsed = JSON.parse(value);
      if (!parsed || typeof parsed !== "object" || Array.isArray(parsed))
        throw new SyntaxError("a job is an object: { … }");
      setProblem("");
      ours.current = parsed;
      onJob(parsed);
    } catch (failure) {
      setProblem(`This is no JSON yet: ${failure.message}`);
    }
  };
  return html`<div class="editor">
    <label for=${id}>Job JSON</label>
    <textarea id=${id} rows="18" spellcheck=${false} autocapitalize="off" autocomplete="off" value=${text} onInput=${change} aria-invalid=${Boolean(problem || error)} aria-describedby=${`${id}-error`}></textarea>
    <p class="field-error" id=${`${id}-error`} role="alert">${problem || (error ? `${error.field ? `${error.field}: ` : ""}${error.message}` : "")}</p>
    <p class="hint">Every key is described in docs/job-json.md. <code>{stem}</code> in a name is the name of each file without its ending.</p>
  </div>`;
}
