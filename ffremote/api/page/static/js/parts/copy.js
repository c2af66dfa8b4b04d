// A button that copies a text; where the browser forbids it (http elsewhere), the text is selected.
import { html, useState } from "../core/html.js";
import { Icon } from "./icons.js";
import { say } from "./notices.js";

export function Copy({ text, what, from }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 2000);
    } catch {
      if (from?.current) getSelection().selectAllChildren(from.current);
      say("The text is selected; copy it with Ctrl+C or ⌘C.");
    }
  };
  return html`<button type="button" class="plain copy" aria-label=${`Copy ${what}`} onClick=${copy}><${Icon} name="copy" />${done ? "Copied" : "Copy"}</button>`;
}
