// Sentences of the outbox, in one place: each thing has one wording.

export const WORDS = {
  offline: "网络不通，还没有发出。有信号后自动再发。",
  signIn: "登录已失效，请重新登录后发送。",
  busy: "系统正忙，稍后自动再发。",
  broken: "系统暂时不能保存，稍后自动再发。",
  between: "收到的是网络中间设备的回应，不是本系统的，还没有发出。稍后自动再发；一直这样的，请换一个网络。",
  tooLarge: "内容太大，系统没有收下。请修改后再发。",
  photoRefused: "日志已保存，有照片没有收下。请删除这张照片或换一张。",
  wifi: "日志已保存，照片等接入 Wi-Fi 后发送。",
  full: "本机空间已满，没有存上。内容还在本页，请先删除本机不用的文件，或联网直接保存。",
};

export const STATES = {
  draft: "草稿",
  waiting: "待发",
  asked: "需要修改",
  conflict: "两份内容不同",
  sent: "已发",
};

const DAY = 24 * 3600_000;
export const WARN_AFTER = 4 * DAY; // some phones drop a site's storage after seven days without a visit

export function age(since, now = Date.now()) {
  const passed = now - since;
  if (passed < 0) {
    return "写于本机时钟改动之前";
  }
  if (passed >= DAY) {
    return `已等待 ${Math.floor(passed / DAY)} 天`;
  }
  return passed >= 3600_000 ? `已等待 ${Math.floor(passed / 3600_000)} 小时` : "刚刚写下";
}

const WEEK = ["日", "一", "二", "三", "四", "五", "六"];

export function dayWords(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  const weekday = new Date(year, month - 1, day).getDay();
  return Number.isNaN(weekday) ? "日期不明" : `${year}年${month}月${day}日（周${WEEK[weekday]}）`;
}

export function momentWords(moment) {
  const at = new Date(moment);
  return `${at.getMonth() + 1}月${at.getDate()}日 ${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}

// By how much the phone's clock is off, "" when it does not matter.
export function skewWords(skew) {
  const minutes = Math.round(Math.abs(skew) / 60_000);
  if (minutes < 10) {
    return "";
  }
  const much = minutes >= 2880 ? `${Math.round(minutes / 1440)} 天` : minutes >= 120 ? `${Math.round(minutes / 60)} 小时` : `${minutes} 分钟`;
  return `本机时钟比系统${skew > 0 ? "慢" : "快"}约 ${much}。日志的“今天”已按系统时间推算，请核对日期，并校准本机时钟。`;
}
