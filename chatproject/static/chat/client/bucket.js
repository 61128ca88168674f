/** `rate` tokens a second, up to `burst`; a rate of 0 means no limit. */
export class Bucket {
  constructor(rate, burst) {
    Object.assign(this, { rate, burst, tokens: burst, at: Date.now() });
  }

  /** Milliseconds until there is a token. */
  wait() {
    const seconds = Math.max(0, Date.now() - this.at) / 1000;
    this.tokens = Math.min(this.burst, this.tokens + seconds * this.rate);
    this.at = Date.now();
    return this.rate && this.tokens < 1 ? Math.ceil(((1 - this.tokens) / this.rate) * 1000) : 0;
  }
}
