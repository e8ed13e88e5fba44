// One button ticks every row of the page; without scripts the choice of scope under the table does the same for all pages.
for (const line of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...line.closest("form").querySelectorAll("input[name=row]")];
  const button = line.querySelector("button");
  const all = () => boxes.every((box) => box.checked);
  const name = () => { button.textContent = all() ? "取消全选" : "全选本页"; };
  button.addEventListener("click", () => {
    const tick = !all();
    boxes.forEach((box) => { box.checked = tick; });
    name();
  });
  boxes.forEach((box) => box.addEventListener("change", name));
  line.hidden = boxes.length < 2;
  name();
}

// A box that stands for all of its kind, 全选: it holds by itself when the form is sent without scripts.
for (const whole of document.querySelectorAll("[data-ticks]")) {
  const boxes = [...whole.closest("form").querySelectorAll(`input[name=${whole.dataset.ticks}]`)];
  whole.addEventListener("change", () => boxes.forEach((box) => { box.checked = whole.checked; }));
  boxes.forEach((box) => box.addEventListener("change", () => { whole.checked = boxes.every((one) => one.checked); }));
}
