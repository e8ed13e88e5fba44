// Choices of this phone: photos on Wi-Fi only, the outbox as a file, the PIN, and what the browser says of its storage.

import { keyState, pinIsGone, removePin, sealAgain, sealWithPin } from "./account_key.js";
import { exported, imported, partsToExport, Unreadable } from "./outbox_file.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const PIN = /^\d{6,12}$/;
const NEARLY = 0.9; // share of the room that the browser grants

export async function setUp(drafts, redraw) {
  const wifi = find("wifi");
  wifi.checked = Boolean((await drafts.note("choices"))?.wifiOnly);
  wifi.addEventListener("change", () => drafts.keepNote("choices", { wifiOnly: wifi.checked }));
  find("export").addEventListener("click", () => exportAll(drafts));
  find("import").addEventListener("change", (event) => takeFiles(drafts, event.target, redraw));
  await setUpPin(drafts);
}

const tellOfFile = (words) => { find("file-told").textContent = words; };

async function exportAll(drafts) {
  const parts = await partsToExport(drafts);
  const several = parts.length > 1;
  find("parts").replaceChildren(...(several ? parts.map((entries, index) => partButton(drafts, entries, index + 1, parts.length)) : []));
  if (several) {
    tellOfFile(`照片较多，分成 ${parts.length} 个文件。请逐个保存，全部带到另一台设备，用同一账号登录后导入。`);
  } else if (parts.length === 1) {
    await saveFile(drafts, parts[0]);
    tellOfFile("已导出未发的日志和照片。请把文件带到另一台设备，用同一账号登录后导入。");
  } else {
    tellOfFile("没有未发的日志，不用导出。");
  }
}

function partButton(drafts, entries, number, all) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn btn-secondary", textContent: `保存第 ${number} 个文件（共 ${all} 个）` });
  button.addEventListener("click", () => saveFile(drafts, entries, `dandang-outbox-${number}-${all}.json`));
  return button;
}

async function saveFile(drafts, entries, name) {
  const file = await exported(drafts, entries, name);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function takeFiles(drafts, field, redraw) {
  const files = [...field.files];
  field.value = "";
  if (files.length === 0) {
    return;
  }
  try {
    let added = 0;
    for (const file of files) {
      added += await imported(drafts, file);
    }
    tellOfFile(added ? `已导入 ${added} 条日志。` : "文件里的日志本机都有，没有改动。");
  } catch (error) {
    console.info("not taken in:", error.name);
    tellOfFile(error instanceof Unreadable ? error.message : "本机空间已满，没有全部导入。请删除本机不用的文件后再导入；已导入的不会重复。");
  }
  await redraw();
}

async function setUpPin(drafts) {
  const { pin } = await keyState(drafts.database, drafts.slot);
  const form = find("pin-form");
  form.hidden = pin;
  find("pin-set").hidden = !pin;
  find("pin-gone").hidden = !pinIsGone(drafts.slot);
  find("pin-lock").addEventListener("click", async () => {
    await sealAgain(drafts.database, drafts.slot);
    location.reload();
  });
  find("pin-remove").addEventListener("click", async () => {
    await removePin(drafts.database, drafts.slot);
    location.reload();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-pin-problem]");
    problem.textContent = await refusedPin(drafts, form.querySelector("input").value);
    problem.hidden = problem.textContent === "";
    if (problem.hidden) {
      location.reload();
    }
  });
}

// Why the PIN was not set, "" when it was.
async function refusedPin(drafts, typed) {
  if (!PIN.test(typed)) {
    return "PIN 应为 6 至 12 位数字。请重新输入。";
  }
  try {
    return await sealWithPin(drafts.database, drafts.slot, typed) ? "" : "设置 PIN 需要先联网登录。请登录后再设置。";
  } catch (error) {
    console.info("no PIN:", error.name);
    return "网络不通，PIN 没有设置。有信号后再试。";
  }
}

// Ask the browser to keep what lies here, and tell what it answered and how much room there is.
export async function tellStorage() {
  const words = [];
  if (navigator.storage?.persist) {
    const kept = await navigator.storage.persisted() || await navigator.storage.persist();
    words.push(kept ? "浏览器已答应长期保存本机日志。" : "浏览器没有答应长期保存本机日志，空间紧张时可能清理。请及时发送。");
  } else {
    words.push("本机浏览器不能保证长期保存。请及时发送。");
  }
  const room = await navigator.storage?.estimate?.();
  if (room?.quota && room.usage / room.quota > NEARLY) {
    words.push("本机给本站的空间快满了。请先发送，或删除本机不用的文件。");
  }
  find("storage").textContent = words.join("");
}
