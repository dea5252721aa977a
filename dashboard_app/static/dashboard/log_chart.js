// Zooming into the chart of the log, by dragging or by the keyboard. A span is part of the address:
// the list and the download follow it, and the browser's way back leads out of it.

const place = document.querySelector("[data-zoom]");
const chart = place?.querySelector("svg");
const KEYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

function zoomable() {
    const bars = [...chart.querySelectorAll("g")];
    const says = place.querySelector("[data-span]");
    const usual = says.textContent;
    const mark = document.createElementNS(chart.namespaceURI, "rect");
    let chosen = null; // [anchor, head], places of bars
    let isDragging = false;

    const ends = () => [Math.min(...chosen), Math.max(...chosen)];
    const sum = (list, name) => list.reduce((total, bar) => total + Number(bar.dataset[name]), 0);
    const choose = (next) => {
        chosen = next;
        mark.setAttribute("width", "0");
        says.textContent = usual;
        if (!chosen) {
            return;
        }
        const [first, last] = ends();
        mark.setAttribute("x", String(first));
        mark.setAttribute("width", String(last - first + 1));
        const list = bars.slice(first, last + 1);
        const from = bars[first].dataset.from.replace("T", " ");
        const to = bars[last].dataset.to.replace("T", " ");
        says.textContent = `${from} to ${to}: ${sum(list, "total")} requests, ${sum(list, "errors")} errors`;
    };
    const zoom = () => {
        const [first, last] = ends();
        const url = new URL(location.href);
        url.searchParams.delete("p");
        url.searchParams.set("from", bars[first].dataset.from);
        url.searchParams.set("to", bars[last].dataset.to);
        if (url.search !== location.search) {
            location.assign(url);
        }
    };
    const at = (event) => {
        const { left, width } = chart.getBoundingClientRect();
        const found = Math.floor(((event.clientX - left) / width) * bars.length);
        return Math.max(0, Math.min(found, bars.length - 1));
    };

    mark.setAttribute("class", "t-chosen");
    mark.setAttribute("y", "0");
    mark.setAttribute("height", "100");
    mark.setAttribute("width", "0");
    chart.append(mark);
    chart.setAttribute("tabindex", "0");
    chart.setAttribute("role", "application");
    chart.setAttribute(
        "aria-label",
        `${chart.getAttribute("aria-label")}. Arrow keys choose, with Shift more than one, Enter zooms in, Escape out.`,
    );

    chart.addEventListener("pointerdown", (event) => {
        if (event.button === 0) {
            chart.setPointerCapture(event.pointerId);
            isDragging = true;
            choose([at(event), at(event)]);
        }
    });
    chart.addEventListener("pointermove", (event) => {
        if (isDragging) {
            choose([chosen[0], at(event)]);
        }
    });
    chart.addEventListener("pointerup", () => {
        if (isDragging) {
            isDragging = false;
            zoom();
        }
    });
    chart.addEventListener("pointercancel", () => {
        isDragging = false;
        choose(null);
    });
    chart.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        if (event.key in KEYS) {
            const from = chosen ? chosen[1] : bars.length;
            const to = Math.max(0, Math.min(from + KEYS[event.key], bars.length - 1));
            choose(event.shiftKey && chosen ? [chosen[0], to] : [to, to]);
        } else if (event.key === "Enter" && chosen) {
            zoom();
        } else if (event.key === "Escape") {
            if (chosen) {
                isDragging = false;
                choose(null);
            } else {
                place.querySelector("[data-move=out]")?.click();
            }
        } else {
            return;
        }
        event.preventDefault();
    });
    // whoever zooms by the keyboard goes on by the keyboard
    if (sessionStorage.getItem("zoomed-by-keyboard")) {
        sessionStorage.removeItem("zoomed-by-keyboard");
        chart.focus();
    }
    addEventListener("pagehide", () => {
        if (document.activeElement === chart && chart.matches(":focus-visible")) {
            sessionStorage.setItem("zoomed-by-keyboard", "1");
        }
    });
}

if (chart) {
    zoomable();
}
