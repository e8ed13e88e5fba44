// Sending the form: one answer for each thing that can happen on the way. What was typed stays on the page.

import { handedOver } from "./account_key.js";

const PATIENCE = 120_000; // milliseconds: one bar of signal and six photos

async function post(form) {
  return fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

function isJson(answer) {
  return (answer.headers.get("Content-Type") || "").startsWith("application/json");
}

// A refusal by the form itself has no reference number; one by the frame around it has.
async function tokenIsOld(answer) {
  return answer.status === 400 && (!isJson(answer) || "reference" in await answer.clone().json());
}

// {location} when saved, {askAgain} when the server has a page to show, else {words, link} for the person; `canWait`
// or `signedOut` where nothing is wrong with the log itself, so that the outbox may send it.
export async function send(form, kept) {
  const where = kept ? "内容已存为本机草稿" : "内容还在本页，请不要关闭";
  let answer;
  let signedOut = false; // cookies gone, or another account: no token can be had, sending again would not help
  try {
    answer = await post(form);
    if (await tokenIsOld(answer)) {
      signedOut = !await freshToken(form);
      answer = signedOut ? answer : await post(form);
    }
  } catch (error) {
    console.info("not sent:", error.name);
    return { words: `网络不通，日志没有发出去。${where}，有信号后再点一次保存。`, canWait: true };
  }
  if (answer.ok && isJson(answer)) {
    return answer.json();
  }
  if (signedOut || answer.status === 401) {
    const next = encodeURIComponent(location.pathname);
    return {
      words: `登录已失效，日志没有保存。${where}。重新登录后会回到这里接着办。`,
      link: { href: `/login?next=${next}`, text: "重新登录" },
      signedOut: true,
    };
  }
  if (answer.status === 400 && isJson(answer)) {
    const refused = await answer.json();
    return { words: refused.error, link: refused.field ? { href: `#${refused.field}`, text: "去修改" } : null };
  }
  if (answer.status === 413) {
    return { words: `照片太大，日志没有保存。${where}。请减少照片或换较小的照片，再点一次保存。` };
  }
  if (answer.status >= 500) {
    return { words: `系统暂时不能保存。${where}，请过几分钟再点一次保存。`, canWait: true };
  }
  return { askAgain: true };
}

// A form that outlived its session gets a new token, but only from the same account.
async function freshToken(form) {
  const handed = await handedOver(form.dataset.keyUrl);
  if (!handed || handed.slot !== form.dataset.slot) {
    return false;
  }
  form.elements.csrf_token.value = handed.csrf_token;
  return true;
}
