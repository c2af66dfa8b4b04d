// A block of text from elsewhere with a title and a button that copies it.
import { html, useRef } from "../core/html.js";
import { Copy } from "./copy.js";

export function TextBlock({ title, text, what, level = "h2" }) {
  const block = useRef(null);
  return html`<section class="sheet text-block" aria-label=${title}>
    <div class="headline"><${level}>${title}</${level}><${Copy} text=${text} what=${what} from=${block} /></div>
    <pre ref=${block} tabindex="0" aria-label=${title}><code>${text}</code></pre>
  </section>`;
}
