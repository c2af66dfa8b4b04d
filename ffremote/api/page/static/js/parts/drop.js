// Files may be dropped anywhere on the page; while they hover, the page says what will happen.
import { html, useEffect, useState } from "../core/html.js";
import { filesOf } from "./dropped.js";
import { attempt } from "./notices.js";

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export function DropArea({ onFiles }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const handlers = {
      dragenter(event) {
        if (hasFiles(event)) {
          depth += 1;
          setOver(true);
          event.preventDefault();
        }
      },
      dragover(event) {
        if (hasFiles(event)) event.preventDefault();
      },
      dragleave() {
        depth = Math.max(0, depth - 1);
        if (!depth) setOver(false);
      },
      drop(event) {
        depth = 0;
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        const reading = filesOf(event.dataTransfer);
        attempt(async () => onFiles(await reading));
      },
    };
    for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler);
    return () => {
      for (const [name, handler] of Object.entries(handlers)) removeEventListener(name, handler);
    };
  }, []);
  return isOver && html`<div class="drop-over" aria-hidden="true"><p>Drop the files to send them</p></div>`;
}
