// What can be done with a job: cancel, retry, delete its result; one, or several at once.
import { call, ApiError } from "../core/api.js";
import { count, visible } from "../core/format.js";
import { segment } from "../core/place.js";
import { ask } from "../parts/ask.js";
import { complain, say } from "../parts/notices.js";
import { isLive } from "../parts/progress.js";

const AT_ONCE = 4;

const path = (job) => `/jobs/${segment(job.job_id)}`;

export const ACTIONS = {
  cancel: {
    applies: isLive,
    run: (job) => call("DELETE", path(job)),
    done: "canceled",
    title: (jobs) =>
      jobs.length === 1 ? `Cancel ${visible(jobs[0].output_filename)}?` : `Cancel ${count(jobs.length, "job")}?`,
    text: "What was encoded so far is lost. Jobs of other people on this server can be among them.",
    yes: "Cancel it",
    no: "Keep it",
  },
  retry: {
    applies: (job) => !isLive(job),
    run: (job) => call("POST", `${path(job)}/retry`),
    done: "queued again",
  },
  remove: {
    applies: (job) => job.state === "completed" && !job.expired_at,
    run: (job) => call("DELETE", `${path(job)}/result`),
    done: "deleted",
    title: (jobs) =>
      jobs.length === 1
        ? `Delete the files of ${visible(jobs[0].output_filename)}?`
        : `Delete the files of ${count(jobs.length, "job")}?`,
    text: "The result, the input and the log are removed from the server. What was downloaded stays.",
    yes: "Delete",
    no: "Keep",
  },
};

// Do it to all of `jobs`, after a question where it cannot be undone; returns the answers by id,
// or null if the answer was no.
export async function act(name, jobs) {
  const action = ACTIONS[name];
  if (action.title) {
    const { yes, no, text } = action;
    if (!(await ask({ title: action.title(jobs), text, yes, no, danger: true }))) return null;
  }
  const answers = new Map();
  const errors = [];
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      try {
        answers.set(job.job_id, await action.run(job));
      } catch (error) {
        errors.push([job, error]);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  report(action, jobs, answers, errors);
  return answers;
}

function report(action, jobs, answers, errors) {
  if (jobs.length > 1 && answers.size) say(`${count(answers.size, "job")} ${action.done}.`);
  else if (answers.size) say(`${visible(jobs[0].output_filename)}: ${action.done}.`);
  if (errors.length === 1) {
    const [job, error] = errors[0];
    complain(error instanceof ApiError ? new Error(`${visible(job.output_filename)}: ${error.message}`) : error);
  } else if (errors.length) {
    complain(
      new Error(`${count(errors.length, "job")} could not be changed. The first reason: ${errors[0][1].message}`),
    );
  }
}
