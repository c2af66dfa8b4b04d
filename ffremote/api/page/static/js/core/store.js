// A value that modules share, and the hook by which a component follows it.
import { useLayoutEffect, useState } from "./html.js";

export function makeStore(value) {
  const listeners = new Set();
  return {
    get: () => value,
    set(next) {
      const wanted = typeof next === "function" ? next(value) : next;
      if (Object.is(wanted, value)) return;
      value = wanted;
      for (const listener of [...listeners]) listener(value);
    },
    // Set some fields of an object, if any of them differs.
    patch(fields) {
      if (Object.keys(fields).some((name) => !Object.is(value[name], fields[name]))) this.set({ ...value, ...fields });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

// `key` names what else than the store's value `select` depends on.
export function useStore(store, select = (value) => value, key = null) {
  const [, redraw] = useState(0);
  const selected = select(store.get());
  useLayoutEffect(() => {
    let last = select(store.get());
    if (!Object.is(last, selected)) redraw((n) => n + 1);
    return store.subscribe((value) => {
      const next = select(value);
      if (Object.is(next, last)) return;
      last = next;
      redraw((n) => n + 1);
    });
  }, [store, key]);
  return selected;
}
