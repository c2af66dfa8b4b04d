// The form for a token, on a server that requires one.
import { ApiError } from "../core/api.js";
import { html, useEffect, useRef, useState } from "../core/html.js";
import { signIn } from "../core/session.js";

export function SignIn() {
  const field = useRef(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => field.current.focus(), []);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError("");
    try {
      await signIn(field.current.value.trim());
    } catch (failure) {
      setError(
        failure instanceof ApiError && failure.status === 401
          ? "The server does not know this token."
          : failure.message,
      );
      field.current.select();
    }
    setBusy(false);
  };
  return html`<form class="sign-in" onSubmit=${submit}>
    <h1>Sign in</h1>
    <p>This server requires a token. Its operator makes one with <code>flask --app ffremote token add NAME</code>.</p>
    <label for="token">Token</label>
    <input id="token" ref=${field} type="password" name="token" required autocomplete="current-password" aria-invalid=${Boolean(error)} aria-describedby="token-error" />
    <p class="field-error" id="token-error" role="alert">${error}</p>
    <button class="primary" disabled=${busy}>${busy ? "Signing in …" : "Sign in"}</button>
    <p class="hint">The browser keeps it as a cookie that no script can read, until you sign out or it ends.</p>
  </form>`;
}
