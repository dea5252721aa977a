// Choosing related records: what is found has a picture, what is chosen can be opened.
// Loaded before the theme's own script sets up the search boxes.
(() => {
    "use strict";
    const $ = globalThis.django?.jQuery;

    function shown(item) {
        const thumb = item.thumb || item.element?.dataset.thumb;
        const row = document.createElement("span");
        row.className = "r-choice";
        if (thumb) {
            const image = document.createElement("img");
            image.src = thumb;
            image.alt = "";
            row.append(image);
        }
        row.append(item.text);
        return $(row);
    }

    if ($?.fn.select2) {
        $.fn.select2.defaults.set("templateResult", shown);
        $.fn.select2.defaults.set("templateSelection", shown);
    }

    /** Show a link to each chosen record below its search box. */
    function offerToOpen(select) {
        const line = document.createElement("p");
        line.className = "ed-help r-open";
        const draw = () => {
            const chosen = [...select.selectedOptions].filter((option) => option.value);
            const links = chosen.flatMap((option, at) => {
                const link = document.createElement("a");
                link.className = "t-link";
                link.href = `${select.dataset.records}${encodeURIComponent(option.value)}/change/`;
                link.target = "_blank";
                link.textContent = `Open ${option.text.trim()}`;
                return at ? [forward(select, option, chosen[at - 1]), link] : [link];
            });
            line.replaceChildren(...links, ...offerNew(select));
        };
        select.parentElement.append(line);
        $(select).on("change", draw);
        draw();
    }

    /** Return a button that puts a chosen record before the one before it: their order is stored. */
    function forward(select, option, before) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "ed-link";
        button.textContent = "⇄";
        button.title = button.ariaLabel = `${option.text.trim()} before ${before.text.trim()}`;
        button.addEventListener("click", () => {
            before.before(option);
            $(select).trigger("change");
        });
        return button;
    }

    /** Return a link to the form of a new record; Django's own script opens it in a window and takes it in. */
    function offerNew(select) {
        if (!select.dataset.add) {
            return [];
        }
        const link = document.createElement("a");
        link.id = `add_${select.id}`;
        link.className = "t-link related-widget-wrapper-link";
        link.dataset.popup = "yes";
        link.href = select.dataset.add;
        link.textContent = `New in ${select.dataset.target}`;
        return [link];
    }

    // the boxes do not say what they are for: their field's label does
    function name(box) {
        const select = box.previousElementSibling;
        const label = select?.id ? document.querySelector(`label[for="${CSS.escape(select.id)}"]`) : null;
        const text = label?.textContent.trim();
        if (text) {
            for (const part of box.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
                part.removeAttribute("aria-labelledby");
                part.setAttribute("aria-label", text);
            }
        }
    }

    addEventListener("load", () => {
        document.querySelectorAll(".select2-container").forEach(name);
        document.querySelectorAll("select[data-records]").forEach(offerToOpen);
    });
})();
