// The keys of the page, and the switch that turns them off.
import { html, useEffect, useRef } from "../core/html.js";
import { all, bind, enabled, turn } from "../core/keys.js";
import { ROOT, VERSION } from "../core/place.js";
import { makeStore, useStore } from "../core/store.js";

export const helpIsOpen = makeStore(false);

bind({ "?": { does: "this help", run: () => helpIsOpen.set(true) } });

export function Help() {
  const open = useStore(helpIsOpen);
  const on = useStore(enabled);
  const dialog = useRef(null);
  useEffect(() => {
    if (open && !dialog.current.open) dialog.current.showModal();
  }, [open]);
  if (!open) return null;
  const close = () => dialog.current.close(); // gives the focus back
  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="help-title" onClose=${() => helpIsOpen.set(false)}>
    <h2 id="help-title">Keys</h2>
    <dl class="keys">${all().map(({ key, does }) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}</dl>
    <label class="check"><input type="checkbox" checked=${on} onChange=${(event) => turn(event.currentTarget.checked)} /> Single keys do something</label>
    <p>The same from a shell: <code>ffremote run</code>, <code>list</code>, <code>watch</code>, <code>download</code>. The API is described at <a href=${`${ROOT}docs`}>docs</a>.</p>
    <p class="buttons"><span class="hint">ffremote ${VERSION}</span><button type="button" autofocus onClick=${close}>Close</button></p>
  </dialog>`;
}
