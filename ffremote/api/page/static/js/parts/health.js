// What is wrong with the service, in words, above every view; nothing while all is well.
import { html } from "../core/html.js";
import { connection } from "../core/live.js";
import { service } from "../core/news.js";
import { useStore } from "../core/store.js";

export function Health() {
  const found = useStore(service);
  const { state } = useStore(connection);
  const messages = found?.messages ?? [];
  return html`<div class="health" role="status">
    ${state === "lost" && html`<p class="notice error" key="lost">The server does not answer. What you see may be old; the page tries again by itself, and uploads go on from where they stopped.</p>`}
    ${messages.map(({ level, text }) => html`<p class=${`notice ${level}`} key=${text}>${text}</p>`)}
  </div>`;
}
