/** The assistant's answers on their way, put together from the pieces that come. */

import { hex } from "./message.js";

const ENDS = ["done", "stopped", "failed", "blocked", "lost"];

export class Runs {
  all = new Map(); // by run id
  #tell;

  constructor(tell) {
    this.#tell = tell;
  }

  /** A frame. The run of one of these messages is over. */
  hear({ runId, ...frame }, messages) {
    const id = hex(runId);
    if (!this.all.has(id) && messages.some((message) => hex(message.clientId) === id)) return;
    this.#move(id, frame);
  }

  /** `offset` counts code points. Pieces may be missing, or come again; the message has all of it. */
  #move(runId, { state, offset = 0, text, askedBy = null }) {
    const run = this.all.get(runId) ?? { runId, text: "", isPartial: false, askedBy };
    run.state = state;
    if (text !== undefined) {
      const before = [...run.text];
      run.isPartial = offset > before.length || (run.isPartial && offset > 0);
      const isNews = offset === 0 || offset + [...text].length > before.length;
      if (isNews && offset <= before.length) run.text = before.slice(0, offset).join("") + text;
    }
    if (ENDS.includes(state)) this.all.delete(runId);
    else this.all.set(runId, run);
    this.#tell(run);
  }

  /** Its message has come. */
  end(runId) {
    if (this.all.has(hex(runId))) this.#move(hex(runId), { state: "done" });
  }

  /** The connection broke. */
  lose() {
    for (const runId of [...this.all.keys()]) this.#move(runId, { state: "lost" });
  }
}
