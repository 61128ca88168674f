/** Notifications while no page is open (Web Push): this browser's subscription, kept with the server where it is wanted. */

import { store, stored } from "./session.js";
import { serviceWorker } from "./shell.js";

const NUMBER = "chatPush"; // `{ memberId, pushId }`: whose browser this is, by the server's number

export class Push {
  #client;
  #worker = null;

  constructor(client) {
    this.#client = client;
  }

  /** Whether this server and this browser do that. Known once `begin` is done. */
  get canBe() { return this.#client.pushKey !== null && this.#worker !== null && "pushManager" in this.#worker; }
  get isOn() { return this.canBe && this.#kept?.memberId === this.#client.me?.memberId; }

  get #kept() {
    try {
      return JSON.parse(stored("localStorage", NUMBER));
    } catch {
      return null;
    }
  }

  /** At each start: keys change, and whoever was here before is told nothing here any more. */
  async begin() {
    this.#worker = await serviceWorker();
    if (!this.canBe || this.#kept === null) return;
    if (this.#kept.memberId === this.#client.me.memberId) await this.#subscribe().catch(() => {});
    else await this.end();
  }

  /** To be called once the browser allows notifications. Raises what the browser or the server says. */
  async turn(isOn) {
    if (isOn) return this.#subscribe();
    const kept = this.#kept;
    await this.end();
    if (kept?.memberId === this.#client.me.memberId) await this.#client.removePush(kept.pushId);
  }

  /** In this browser: the server learns of it when it sends the next one. */
  async end() {
    store("localStorage", NUMBER, null);
    await (await this.#worker?.pushManager.getSubscription())?.unsubscribe();
  }

  async #subscribe() {
    const { pushManager } = this.#worker;
    const key = bytesOf(this.#client.pushKey);
    const before = await pushManager.getSubscription();
    if (before !== null && !isSame(before.options.applicationServerKey, key)) await before.unsubscribe();
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { memberId } = this.#client.me;
    const { pushId } = await this.#client.addPush(subscription.toJSON());
    store("localStorage", NUMBER, JSON.stringify({ memberId, pushId }));
  }
}

const bytesOf = (base64url) => Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

function isSame(buffer, bytes) {
  if (!buffer) return false;
  const other = new Uint8Array(buffer);
  return other.length === bytes.length && other.every((byte, place) => byte === bytes[place]);
}
