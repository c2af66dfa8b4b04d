// Starts the page: looks whether a token is required, then follows the news and draws.
import { html, render } from "./core/html.js";
import * as news from "./core/news.js";
import { look } from "./core/session.js";
import "./core/title.js";
import { App } from "./parts/app.js";

const place = document.getElementById("app");
place.replaceChildren();
render(html`<${App} />`, place);

async function begin() {
  try {
    await look();
  } catch {
    setTimeout(begin, 2000); // the server is away; the shell says so
    return;
  }
  news.start();
}

begin();
