// The result as a browser shows it: video, sound, picture; a package of segments by hls.js.
import { html, useEffect, useRef, useState } from "../core/html.js";
import { segment } from "../core/place.js";

const PLAYLIST = "application/vnd.apple.mpegurl";
const PICTURES = /^image\/(png|jpeg|gif|webp|avif|apng|bmp)$/;
const MANY = 12;

export function Preview({ job, files }) {
  const found = choose(files.items);
  if (!found) return null;
  return html`<section class="sheet preview" aria-label="Preview"><${found.component} job=${job} at=${(file) => files.base_path + segment(file.name)} ...${found} /></section>`;
}

function choose(items) {
  const playlist = items.find((file) => file.content_type === PLAYLIST); // the first one names the others
  if (playlist) return { component: Hls, file: playlist };
  const pictures = items.filter((file) => PICTURES.test(file.content_type));
  const media = items.find((file) => /^(video|audio)\//.test(file.content_type));
  if (media) return { component: Media, file: media };
  return pictures.length ? { component: Pictures, pictures } : null;
}

function Media({ file, at }) {
  const [failed, setFailed] = useState(false);
  const isSound = file.content_type.startsWith("audio/");
  if (failed) return html`<p class="hint">This browser cannot play ${file.content_type}; download it to see it.</p>`;
  const common = {
    src: at(file),
    controls: true,
    preload: "metadata",
    onError: () => setFailed(true),
    "aria-label": `Preview of ${file.name}`,
  };
  return isSound ? html`<audio ...${common}></audio>` : html`<video ...${common} playsinline></video>`;
}

function Pictures({ pictures, at }) {
  return html`<div class="pictures">${pictures.slice(0, MANY).map((file) => html`<a key=${file.name} href=${at(file)} target="_blank" rel="noopener"><img src=${at(file)} alt=${`Result ${file.name}`} loading="lazy" /></a>`)}</div>`;
}

function Hls({ file, at }) {
  const video = useRef(null);
  const [error, setError] = useState("");
  useEffect(() => {
    let player = null;
    let ended = false;
    const play = async () => {
      const { default: Player } = await import("../../vendor/hls.light.min.mjs");
      if (ended) return;
      if (!Player.isSupported()) {
        if (video.current.canPlayType(PLAYLIST)) video.current.src = at(file);
        else setError("This browser cannot play HLS; download the files to see them.");
        return;
      }
      player = new Player({ enableWorker: false, maxBufferLength: 15 });
      player.on(Player.Events.ERROR, (_, data) => {
        if (data.fatal) setError(`The package cannot be played here: ${data.details}.`);
      });
      player.loadSource(at(file));
      player.attachMedia(video.current);
    };
    play().catch((problem) => setError(problem.message));
    return () => {
      ended = true;
      player?.destroy();
    };
  }, [file.name]);
  return html`<video ref=${video} controls playsinline preload="metadata" aria-label=${`Preview of ${file.name}`}></video>${error && html`<p class="field-error" role="alert">${error}</p>`}`;
}
