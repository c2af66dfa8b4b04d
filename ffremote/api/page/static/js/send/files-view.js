// The chosen files: dropped or picked, with what each is for when they make one job.
import { bytes, count } from "../core/format.js";
import { html, useRef } from "../core/html.js";
import { useStore } from "../core/store.js";
import { Icon } from "../parts/icons.js";
import { Name } from "../parts/name.js";
import { add, choice, clear, MAX_TOGETHER, move, remove, setRole } from "./choice.js";

const ROLES = [
  ["media", "film, sound, picture"],
  ["subtitle", "subtitles"],
  ["font", "font"],
  ["lut", "table of colours"],
  ["sequence", "pictures in a tar"],
  ["metadata", "tags and chapters"],
];

export function Files() {
  const { files, together } = useStore(choice);
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const canBeOne = files.length > 1 && files.length <= MAX_TOGETHER;
  return html`<section class="sheet" aria-labelledby="chosen-title">
    <h2 id="chosen-title">Files${files.length ? html` <small>${count(files.length, "file")}, ${bytes(total)}</small>` : ""}</h2>
    <${Picker} isEmpty=${!files.length} />
    ${files.length > 0 && html`<ul class="chosen">${files.map((each, n) => html`<${Chosen} key=${each.key} each=${each} n=${n} together=${together} last=${files.length - 1} />`)}</ul>`}
    ${
      files.length > 1 &&
      html`<fieldset class="mode"><legend class="unseen">How the files become jobs</legend>
      <label><input type="radio" name="mode" checked=${!together} onChange=${() => choice.patch({ together: false })} /> A job for each file</label>
      <label><input type="radio" name="mode" checked=${together} disabled=${!canBeOne} onChange=${() => choice.patch({ together: true })} /> One job with all of them${canBeOne ? "" : ` (${MAX_TOGETHER} at most)`}</label>
      <button type="button" class="plain" onClick=${clear}>Remove all</button>
    </fieldset>`
    }
  </section>`;
}

function Picker({ isEmpty }) {
  const input = useRef(null);
  const take = () => {
    add([...input.current.files]);
    input.current.value = "";
  };
  return html`<div class=${isEmpty ? "picker large-picker" : "picker"}>
    ${isEmpty && html`<p><${Icon} name="send" /> Drop files anywhere on this page, as many and as large as you like</p>`}
    <button type="button" class=${isEmpty ? "primary" : ""} onClick=${() => input.current.click()}>${isEmpty ? "Choose files" : "Add files"}</button>
    <input ref=${input} type="file" multiple hidden aria-hidden="true" tabindex="-1" id="files" onChange=${take} />
  </div>`;
}

function Chosen({ each, n, together, last }) {
  const { key, file, role } = each;
  return html`<li>
    <span class="chosen-name">${together && html`<span class="number">${n}</span> `}<${Name} text=${file.name} /> <small>${bytes(file.size)}</small></span>
    ${
      together &&
      html`<select aria-label=${`What ${file.name} is for`} value=${role} onChange=${({ currentTarget }) => setRole(key, currentTarget.value)}>${ROLES.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select>
      <button type="button" class="plain" aria-label=${`Move ${file.name} up`} disabled=${n === 0} onClick=${() => move(key, -1)}>↑</button>
      <button type="button" class="plain" aria-label=${`Move ${file.name} down`} disabled=${n === last} onClick=${() => move(key, 1)}>↓</button>`
    }
    <button type="button" class="plain" aria-label=${`Remove ${file.name}`} onClick=${() => remove(key)}><${Icon} name="close" /></button>
  </li>`;
}
