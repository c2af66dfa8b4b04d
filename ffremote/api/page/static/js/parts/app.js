// The shell: header, views by their address, and what lies over all of them.
import { refused } from "../core/api.js";
import { html, useEffect, useRef, useState } from "../core/html.js";
import { bind } from "../core/keys.js";
import { go, route } from "../core/router.js";
import { session } from "../core/session.js";
import { useStore } from "../core/store.js";
import { Jobs } from "../jobs/view.js";
import { Asker } from "./ask.js";
import { DropArea } from "./drop.js";
import { Header } from "./header.js";
import { Health } from "./health.js";
import { Help } from "./help.js";
import { Notices, Speaker } from "./notices.js";
import { SignIn } from "./sign-in.js";

// Modules that only one view needs are loaded with it.
const LATER = [
  [/^\/jobs\/([^/]+)$/, () => import("../job/view.js").then((module) => module.JobView)],
  [/^\/send$/, () => import("../send/view.js").then((module) => module.Send)],
  [/^\/workers$/, () => import("../service/view.js").then((module) => module.Service)],
];

bind({
  l: { does: "the list of jobs", run: () => go("/jobs") },
  n: { does: "send files", run: () => go("/send") },
  w: { does: "the workers", run: () => go("/workers") },
});

export function App() {
  const isRefused = useStore(refused);
  const { known } = useStore(session);
  return html`
    <a class="skip" href="#main" onClick=${(event) => {
      event.preventDefault();
      document.getElementById("main").focus();
    }}>Skip to the content</a>
    <${Header} />
    <main id="main" tabindex="-1">
      ${isRefused ? html`<${SignIn} />` : html`<${Health} />${known && html`<${View} />`}`}
    </main>
    <${Notices} /><${Speaker} /><${Asker} /><${Help} />
    ${!isRefused && html`<${DropArea} onFiles=${receive} />`}`;
}

async function receive(files) {
  const { add } = await import("../send/choice.js");
  add(files);
  go("/send");
}

function View() {
  const { path, query } = useStore(route);
  const found = LATER.map(([pattern, load]) => [pattern.exec(path), load]).find(([match]) => match);
  useFocusOnChange(path);
  if (found) return html`<${Later} key=${path} load=${found[1]} id=${found[0][1]} query=${query} />`;
  if (path === "/jobs") return html`<${Jobs} query=${query} />`;
  return html`<div class="empty"><p class="large">There is no such page</p><a class="button" href="#/jobs">Show the jobs</a></div>`;
}

function Later({ load, id, query }) {
  const [component, setComponent] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    load().then((found) => setComponent(() => found), setError);
  }, []);
  if (error)
    return html`<p class="notice error" role="alert">This part of the page could not be loaded: ${error.message} <a href="">Load the page again</a></p>`;
  if (!component) return html`<p class="empty" role="status">Loading …</p>`;
  return html`<${component} id=${id} query=${query} />`;
}

// A reader or keyboard user begins at the content of a new view.
function useFocusOnChange(path) {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) {
      document.getElementById("main").focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [path]);
}
