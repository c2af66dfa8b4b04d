// The files of a job that made several, each with its size and its download.
import { get } from "../core/api.js";
import { bytes, count, position } from "../core/format.js";
import { html, useState } from "../core/html.js";
import { api, segment } from "../core/place.js";
import { Name } from "../parts/name.js";
import { attempt } from "../parts/notices.js";

const FIRST = 20;

export function Files({ job, files }) {
  const [items, setItems] = useState(files.items);
  const [next, setNext] = useState(files.next_cursor);
  const [shown, setShown] = useState(FIRST);
  const path = `/jobs/${segment(job.job_id)}/files`;
  const more = () =>
    attempt(async () => {
      if (shown + 200 > items.length && next) {
        const page = await get(`${path}?cursor=${segment(next)}&limit=500`);
        setItems([...items, ...page.items]);
        setNext(page.next_cursor);
      }
      setShown(shown + 200);
    });
  return html`<section class="sheet" aria-labelledby="files-title">
    <h2 id="files-title">${count(files.total, "file")}</h2>
    <ul class="files">${items.slice(0, shown).map(
      (each) => html`<li key=${each.name}>
      <a href=${api(`${path}/${segment(each.name)}`)} download><${Name} text=${each.name} /></a>
      <small>${bytes(each.bytes)}${each.duration ? ` · ${position(each.duration)}` : ""}</small>
    </li>`,
    )}</ul>
    ${shown < files.total && html`<button type="button" onClick=${more}>Show more files</button>`}
  </section>`;
}
