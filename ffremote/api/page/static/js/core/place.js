// Where the server is: addresses below the path prefix that the document names.
const meta = (name) => document.querySelector(`meta[name="ffremote-${name}"]`).content;

export const ROOT = meta("root");
export const STATIC = meta("static");
export const VERSION = meta("version");

export const api = (path) => `${ROOT}api/v1${path}`;
export const file = (path) => `${STATIC}${path}`;

// Path segments of ids and names that came from elsewhere.
export const segment = (text) => encodeURIComponent(text);
