// Loads tus-js-client when the first file is sent: it resumes at the byte where a transfer broke.
import { api, file, segment } from "../core/place.js";

// About ten minutes without any progress; each byte that arrives starts them again.
const RETRY_MS = [0, 500, 1000, 2000, 4000, ...Array.from({ length: 75 }, () => 8000)];

let loading = null;

function load() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = file("vendor/tus.min.js");
    script.onload = () => resolve(globalThis.tus);
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Error("The part of the page that sends files could not be loaded."));
    };
    document.head.append(script);
  });
  return loading;
}

// A transfer of `source` to an upload that exists; `on` has progress, stalled, done and failed.
export async function transfer(id, source, on) {
  const { Upload } = await load();
  return new Upload(source, {
    uploadUrl: api(`/uploads/${segment(id)}`),
    retryDelays: RETRY_MS,
    storeFingerprintForResuming: false,
    onProgress: on.progress,
    onSuccess: on.done,
    onShouldRetry(error) {
      const status = error.originalResponse?.getStatus() ?? 0;
      const again =
        status === 0 || status === 409 || status === 423 || status === 429 || (status >= 500 && status !== 507);
      if (again) on.stalled(status);
      return again;
    },
    onError: (error) => on.failed(reason(error)),
  });
}

function reason(error) {
  const response = error.originalResponse;
  try {
    return { status: response.getStatus(), message: JSON.parse(response.getBody()).error.message };
  } catch {
    return {
      status: response?.getStatus() ?? 0,
      message: response ? `The server answered with status ${response.getStatus()}.` : "The server does not answer.",
    };
  }
}
