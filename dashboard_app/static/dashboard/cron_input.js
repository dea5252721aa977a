// A cron expression: presets to choose from, and below it what it means and when it is due next.
import { calmly, freshId, make } from "./elements.js";

const PRESETS = [
    ["", "Presets"],
    ["0 * * * *", "Every hour"],
    ["0 */6 * * *", "Every 6 hours"],
    ["0 0 * * *", "Every day at 00:00"],
    ["0 3 * * *", "Every day at 03:00"],
    ["0 0 * * 1-5", "Monday to Friday at 00:00"],
    ["0 0 * * 1,3", "Monday and Wednesday at 00:00"],
    ["0 0 * * 0", "Every Sunday at 00:00"],
    ["0 0 1 * *", "The first of every month"],
];

function help(place) {
    const input = place.querySelector("input");
    const says = make("p", { className: "ed-help", id: freshId("cron"), role: "status" });
    const presets = make(
        "select", { className: "ed-input t-presets", "aria-label": "Presets" },
        ...PRESETS.map(([value, name]) => make("option", { value }, name)),
    );
    const row = make("div", { className: "ed-inline" });
    input.before(row);
    row.append(input, presets);
    row.after(says);
    input.setAttribute("aria-describedby", says.id);

    const tell = async () => {
        const expression = input.value.trim();
        presets.value = PRESETS.some(([value]) => value === expression) ? expression : "";
        const answer = expression ? await asked(place.dataset.cron, expression) : {};
        if (expression !== input.value.trim() || !answer) {
            return; // it has changed meanwhile, or nobody answers
        }
        input.setAttribute("aria-invalid", String(Boolean(answer.error)));
        says.classList.toggle("ed-error", Boolean(answer.error));
        says.replaceChildren(answer.error || (answer.words ? `${answer.words}. Next:` : ""));
        if (answer.words) {
            says.append(...answer.next.flatMap((run) => [make("br"), run]));
        }
    };
    presets.addEventListener("change", () => {
        if (presets.value) {
            input.value = presets.value;
            input.dispatchEvent(new Event("input", { bubbles: true }));
        }
    });
    input.addEventListener("input", calmly(tell, 250));
    tell();
}

async function asked(address, expression) {
    const response = await fetch(`${address}?${new URLSearchParams({ expression })}`).catch(() => null);
    return response?.ok ? response.json() : null;
}

document.querySelectorAll("[data-cron]").forEach(help);
