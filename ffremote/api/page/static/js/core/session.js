// Whether the server requires a token, and the sign-in that puts one into a cookie.
import { call, get, refused } from "./api.js";
import { makeStore } from "./store.js";

// `known` becomes true with the first answer; `name` is that of the token.
export const session = makeStore({ known: false, required: false, signed_in: false, name: null });

export async function look() {
  const found = await get("/session");
  session.set({ ...found, known: true });
  refused.set(found.required && !found.signed_in);
}

export async function signIn(token) {
  const found = await call("POST", "/session", { body: { token } });
  session.set({ ...found, known: true });
  refused.set(false);
}

export async function signOut() {
  await call("DELETE", "/session");
  session.patch({ signed_in: false, name: null });
  refused.set(true);
}
