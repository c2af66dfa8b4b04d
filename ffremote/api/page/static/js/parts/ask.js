// A question in a dialog: ask(…) resolves to whether the answer was yes.
import { html, useEffect, useRef } from "../core/html.js";
import { makeStore, useStore } from "../core/store.js";

const question = makeStore(null);

export function ask({ title, text, yes, no = "Keep it", danger = false }) {
  return new Promise((resolve) => question.set({ title, text, yes, no, danger, resolve }));
}

function answer(value) {
  question.get()?.resolve(value);
  question.set(null);
}

export function Asker() {
  const asked = useStore(question);
  const dialog = useRef(null);
  useEffect(() => {
    if (asked && !dialog.current.open) dialog.current.showModal();
  }, [asked]);
  if (!asked) return null;
  // Closing the dialog, not removing it, gives the focus back to where it was.
  const close = (value) => dialog.current.close(value);
  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="ask-title" onClose=${(event) => answer(event.currentTarget.returnValue === "yes")}>
    <h2 id="ask-title">${asked.title}</h2>
    <p>${asked.text}</p>
    <p class="buttons">
      <button type="button" autofocus onClick=${() => close("no")}>${asked.no}</button>
      <button type="button" class=${asked.danger ? "danger" : "primary"} onClick=${() => close("yes")}>${asked.yes}</button>
    </p>
  </dialog>`;
}
