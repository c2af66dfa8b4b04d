// How much of the files that this page sends has arrived, for the header and the title.
import { makeStore } from "./store.js";

export const sending = makeStore(null); // percent of all that are being sent; null if none is
