// Which uploads other tabs of this browser are sending, so that two tabs do not fight over one.
const ANSWER_MS = 200;

const channel = "BroadcastChannel" in window ? new BroadcastChannel("ffremote.uploads") : null;
let ours = () => [];

// `ids` returns the uploads that this tab sends.
export function answerWith(ids) {
  ours = ids;
}

channel?.addEventListener("message", ({ data }) => {
  if (data.question === "who sends what") channel.postMessage({ sends: ours() });
});

export async function sentElsewhere() {
  if (!channel) return new Set();
  const found = new Set();
  const hear = ({ data }) => (data.sends ?? []).forEach((id) => found.add(id));
  channel.addEventListener("message", hear);
  channel.postMessage({ question: "who sends what" });
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  channel.removeEventListener("message", hear);
  return found;
}
