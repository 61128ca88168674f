/** A file's bytes on their way to an address: by XMLHttpRequest, which tells how far they are; by fetch where there is none. */

import { ChatError } from "./errors.js";

const STALL_MS = 60_000; // without a byte that goes, or an answer to the last one

/**
 * Put `file` where `upload` says, `{ method, url, headers, fields }`: as it is, or last in a form of these fields. Rejects
 * with a ChatError, "network" where no answer of ours came, "aborted" by the signal.
 */
export function carry(file, { method, url, headers = {}, fields = null }, { XMLHttpRequest, fetch, signal, onProgress }) {
  const request = { method, url, headers, body: fields === null ? file : formOf(fields, file) };
  return XMLHttpRequest ? byRequest(XMLHttpRequest, request, { signal, onProgress }) : byFetch(fetch, request, { signal });
}

function formOf(fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file, file.name); // what follows the file, S3 does not read
  return form;
}

function byRequest(XMLHttpRequest, { method, url, headers, body }, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    let timer = null;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, STALL_MS);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      watch();
      onProgress(loaded);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      const { status } = request;
      if (isDone(status)) resolve();
      else reject(failureOf({ status, text: request.responseText, retryAfter: request.getResponseHeader("Retry-After") }, signal));
    };
    signal?.addEventListener("abort", stop);
    watch();
    request.send(body);
    if (signal?.aborted) stop();
  });
}

async function byFetch(fetch, { url, ...request }, { signal }) {
  let answer = { status: 0, text: "", retryAfter: null };
  try {
    const response = await fetch(url, { ...request, signal });
    answer = { status: response.status, text: await response.text(), retryAfter: response.headers.get("Retry-After") };
  } catch (error) {
    throw failureOf(answer, signal, error);
  }
  if (!isDone(answer.status)) throw failureOf(answer, signal);
}

const isDone = (status) => status >= 200 && status < 300;

function failureOf({ status, text, retryAfter }, signal, cause) {
  const waits = retryAfter !== null && Number.isFinite(Number(retryAfter)) ? { retryAfter: Number(retryAfter) } : {};
  return new ChatError({ code: signal?.aborted ? "aborted" : "network", ...waits, ...said(text), status }, cause);
}

/** What our own server says; a store's answer is its own, and nothing for people. */
function said(text) {
  try {
    const { code, message, retryAfter } = JSON.parse(text);
    const waits = typeof retryAfter === "number" ? { retryAfter } : {};
    return /^E-/.test(code) ? { code, message, ...waits } : {};
  } catch {
    return {};
  }
}
