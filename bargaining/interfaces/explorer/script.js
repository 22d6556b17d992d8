// Sends all controls of the explorer at once, some moments after the last change of any of them.
(() => {
  "use strict";
  const WAIT = 150; // milliseconds
  let timer;

  const value = (control) => {
    if (control.type === "checkbox") return control.checked;
    if (control.type === "range" && !control.dataset.moved) return control.dataset.start;
    return control.value;
  };

  const send = () => {
    const form = document.getElementById("controls-form");
    const named = [...form.elements].filter((control) => control.name);
    const values = Object.fromEntries(named.map((control) => [control.name, value(control)]));
    Shiny.setInputValue("controls", { generation: form.dataset.generation, values });
  };

  const say = (slider) => {
    slider.dataset.moved = "1";
    const number = String(Number(Number(slider.value).toPrecision(4))).replace(/^-/, "\u2212");
    const words = `${number} ${slider.dataset.unit}`.trim();
    document.getElementById(`${slider.id}-output`).textContent = words;
    slider.setAttribute("aria-valuetext", words);
  };

  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(send, WAIT);
  };

  document.addEventListener("input", (event) => {
    if (!event.target.closest("#controls-form")) return;
    if (event.target.type === "range") say(event.target);
    changed();
  });

  document.addEventListener("submit", (event) => event.preventDefault());

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.switch) {
      for (const name of button.dataset.switch.split(",")) {
        document.getElementById(name).checked = button.dataset.on === "1";
      }
      changed();
    }
    if (button?.dataset.copy) {
      const text = document.getElementById(button.dataset.copy).textContent;
      navigator.clipboard.writeText(text).then(() => {
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
    }
  });

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", follow);
  follow();
})();
