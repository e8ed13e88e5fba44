// Ticking a whole branch ticks its units, so that the choice is seen; without scripts the server does the same.
for (const whole of document.querySelectorAll(".branch input[name=under]")) {
  const leaves = [...whole.closest(".branch").querySelectorAll("details input[name=unit]")];
  const follow = () => { whole.checked = leaves.every((leaf) => leaf.checked); };
  whole.addEventListener("change", () => leaves.forEach((leaf) => { leaf.checked = whole.checked; }));
  leaves.forEach((leaf) => leaf.addEventListener("change", follow));
  follow();
}
