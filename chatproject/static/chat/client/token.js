/** What can be seen in a token without its key. */

const TOKEN_MAX = 4_096; // characters; servers refuse a longer one before they look at it

/** What is no JWT would be quoted in an error, and errors are logged. */
export const isToken = (access) => typeof access === "string" && access.length <= TOKEN_MAX && /^[\w.-]+$/.test(access);

/** When a JWT ends, in milliseconds since the epoch; undefined where it does not say. */
export function expiryOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).exp * 1000 || undefined;
  } catch {
    return undefined;
  }
}
