/** Following a job of the server until it ends, also across times when the server is away. */
import { ServerGone, ServerRefused } from "./api.js";

const FIRST_MS = 250;
const SLOWEST_MS = 2_000;
const AWAY_MS = 3_000;

/**
 * @param {import("./api.js").Api} api
 * @param {string} id
 * @param {{progress: (job: object) => void, away: (error: ServerGone) => void}} on
 * @returns {Promise<{state: "done"|"failed"|"lost", message?: string, result?: any}>} `lost`: the server was started
 *   anew and does not know the job
 */
export async function follow(api, id, on) {
  let pause = FIRST_MS;
  for (;;) {
    try {
      const job = await api.job(id);
      on.progress(job);
      if (job.state !== "running") return job;
      pause = Math.min(pause * 1.25, SLOWEST_MS);
    } catch (error) {
      if (error instanceof ServerRefused && error.status === 404) return { state: "lost" };
      if (!(error instanceof ServerGone)) throw error;
      on.away(error);
      pause = AWAY_MS;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
