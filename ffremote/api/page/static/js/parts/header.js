// The head of the page: its views, the state of the connection in words, theme, help, sign-out.
import { html } from "../core/html.js";
import { connection } from "../core/live.js";
import { totals } from "../core/news.js";
import { file, ROOT } from "../core/place.js";
import { route } from "../core/router.js";
import { sending } from "../core/sending.js";
import { session, signOut } from "../core/session.js";
import { useStore } from "../core/store.js";
import { choose, theme, THEMES } from "../core/theme.js";
import { helpIsOpen } from "./help.js";
import { Icon } from "./icons.js";
import { attempt } from "./notices.js";

const VIEWS = [
  ["/jobs", "Jobs"],
  ["/send", "Send"],
  ["/workers", "Workers"],
];

export function Header() {
  const { path } = useStore(route);
  const counts = useStore(totals);
  const active = counts && counts.running + counts.queued;
  const sent = useStore(sending);
  const notes = { "/jobs": active || "", "/send": sent === null ? "" : `${sent} %` };
  return html`<header class="head">
    <a class="brand" href="#/jobs" aria-label="ffremote, to the jobs"><img src=${file("icons/idle.svg")} width="20" height="20" alt="" />ffremote</a>
    <nav aria-label="Views">
      ${VIEWS.map(([to, word]) => html`<a key=${to} href=${`#${to}`} aria-current=${path.startsWith(to) ? "page" : null}>${word}${notes[to] ? html` <span class="number">${notes[to]}</span>` : ""}</a>`)}
      <a href=${`${ROOT}docs`}>API</a>
    </nav>
    <${Connection} />
    <${ThemeSwitch} />
    <button type="button" class="plain" aria-haspopup="dialog" onClick=${() => helpIsOpen.set(true)}>Help</button>
    <${Account} />
  </header>`;
}

const WORDS = {
  connecting: ["Connecting …", "The page asks the server for its news."],
  live: ["Live", "Changes are shown as they happen."],
  polling: ["Every 2 s", "No stream of events can be had here, so the page asks every two seconds."],
  lost: ["No connection", "The server does not answer. What is shown may be old; the page tries again by itself."],
};

function Connection() {
  const { state } = useStore(connection);
  const [word, explained] = WORDS[state];
  return html`<span class=${`connection ${state}`} role="status" title=${explained}><span class="dot" aria-hidden="true"></span>${word}</span>`;
}

function ThemeSwitch() {
  const chosen = useStore(theme);
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
  return html`<button type="button" class="plain theme" title=${`Theme: ${chosen}`} aria-label=${`Theme: ${chosen}. Change to ${next}`} onClick=${() => choose(next)}><${Icon} name="theme" /></button>`;
}

function Account() {
  const { signed_in: isIn, name } = useStore(session);
  if (!isIn || !name) return null;
  return html`<button type="button" class="plain" title=${`Signed in with the token ${name}`} onClick=${() => attempt(signOut)}>Sign out</button>`;
}
