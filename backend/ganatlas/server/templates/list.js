/* The list of atlases: shows those whose words hold all that is typed. */
const field = document.getElementById("search");
const said = document.getElementById("found");
const cards = [...document.querySelectorAll(".list > ul > li")];
field.closest("label").hidden = false;
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const card of cards) {
    const text = card.textContent.toLowerCase();
    card.hidden = !words.every((word) => text.includes(word));
    if (!card.hidden) count++;
  }
  said.textContent = words.length === 0 ? "" : count === 0 ? "No atlas has these words." : `${count} of ${cards.length}`;
});
