// The framework in one place: Preact, its hooks, and `html` for elements without a build step.
import { h } from "../../vendor/preact.mjs";
import htm from "../../vendor/htm.mjs";

export { Fragment, render } from "../../vendor/preact.mjs";
export { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "../../vendor/hooks.mjs";

export const html = htm.bind(h);

// The class names whose conditions hold: cls("row", { chosen: true }) is "row chosen".
export function cls(...parts) {
  return parts
    .flatMap((part) => (part && typeof part === "object" ? Object.keys(part).filter((name) => part[name]) : [part]))
    .filter(Boolean)
    .join(" ");
}
