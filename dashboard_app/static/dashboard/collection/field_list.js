// The fields of a collection: add, name, reorder, change options, remove. Its value is the JSON list.
import { freshId, icon, make } from "../elements.js";
import { input } from "./inputs.js";

export class FieldList {
    /** ``fields``: their JSON; ``changed``: called after each change; ``context``: the editor's. */
    constructor(fields, changed, context) {
        this.fields = fields;
        this.changed = changed;
        this.context = context;
        this.types = new Map(context.data.fieldTypes.map((item) => [item.name, item]));
        this.rows = make("ol", { className: "ed-fields" });
        this.said = make("p", { className: "ed-quiet", role: "status" });
        this.element = make("div", { className: "ed-stack" }, this.rows, this.said, this.adder());
        this.draw();
    }

    set(fields) {
        this.fields = fields;
        this.draw();
    }

    draw() {
        this.rows.replaceChildren(...this.fields.map((field) => this.row(field)));
    }

    tell() {
        this.changed(this.fields);
    }

    row(field) {
        const type = this.types.get(field.type) || { icon: "extension", options: [] };
        const name = make("input", {
            className: "ed-input ed-name", value: field.name || "", "aria-label": "Name of the field",
            disabled: Boolean(field.system), autocomplete: "off", placeholder: "name",
            oninput: () => {
                field.name = name.value;
                this.tell();
            },
        });
        const badges = make("span", { className: "ed-badges" });
        const options = make("div", { className: "ed-grid", id: freshId("options"), hidden: true });
        const open = make("button", {
            type: "button", className: "ed-icon", "aria-expanded": "false", "aria-controls": options.id,
            title: "Options", "aria-label": `Options of ${field.name || "the new field"}`,
            onclick: () => {
                options.hidden = !options.hidden;
                open.setAttribute("aria-expanded", String(!options.hidden));
                if (!options.hidden && !options.childElementCount) {
                    this.fill(options, field, type, badges);
                }
            },
        }, icon("settings"));
        const row = make(
            "li", { className: "ed-field" },
            make("div", { className: "ed-row" }, this.handle(field), icon(type.icon), name,
                make("span", { className: "ed-quiet ed-type" }, field.type), badges, open, this.remover(field)),
            options,
        );
        this.showBadges(badges, field);
        this.dragTo(row, field);
        return row;
    }

    fill(place, field, type, badges) {
        for (const option of type.options) {
            const value = field[option.name] ?? option.default;
            const control = { ...option, isFixed: option.kind === "collection" && Boolean(field.id) };
            place.append(input(control, value, (given) => {
                field[option.name] = given;
                this.showBadges(badges, field);
                this.tell();
            }, this.context));
        }
    }

    showBadges(place, field) {
        const on = ["required", "hidden", "system"].filter((name) => field[name]);
        place.replaceChildren(...on.map((name) => make("span", { className: "ed-badge" }, name)));
    }

    handle(field) {
        return make("button", {
            type: "button", className: "ed-icon ed-handle", title: "Move: drag, or press the arrow keys",
            "aria-label": `Move ${field.name || "the new field"}; press the arrow keys`,
            onkeydown: (event) => {
                const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
                if (by) {
                    event.preventDefault();
                    this.move(field, this.fields.indexOf(field) + by);
                    this.rows.children[this.fields.indexOf(field)].querySelector(".ed-handle").focus();
                }
            },
            onpointerdown: () => {
                const row = this.rows.children[this.fields.indexOf(field)];
                row.draggable = true;
                addEventListener("pointerup", () => { row.draggable = false; }, { once: true });
            },
        }, icon("drag_indicator"));
    }

    dragTo(row, field) {
        row.addEventListener("dragstart", (event) => {
            this.dragged = field;
            event.dataTransfer.effectAllowed = "move";
            row.classList.add("ed-dragged");
        });
        row.addEventListener("dragend", () => {
            row.draggable = false;
            row.classList.remove("ed-dragged");
        });
        row.addEventListener("dragover", (event) => {
            if (this.dragged) {
                event.preventDefault();
            }
        });
        row.addEventListener("drop", (event) => {
            event.preventDefault();
            this.move(this.dragged, this.fields.indexOf(field));
            this.dragged = null;
        });
    }

    move(field, to) {
        if (!field || to < 0 || to >= this.fields.length) {
            return;
        }
        this.fields.splice(this.fields.indexOf(field), 1);
        this.fields.splice(to, 0, field);
        this.draw();
        this.said.textContent = `${field.name} is number ${to + 1} of ${this.fields.length}.`;
        this.tell();
    }

    remover(field) {
        return make("button", {
            type: "button", className: "ed-icon", title: "Remove",
            "aria-label": `Remove ${field.name || "the new field"}`, hidden: Boolean(field.system),
            onclick: () => {
                const at = this.fields.indexOf(field);
                this.fields.splice(at, 1);
                this.draw();
                const undo = make("button", {
                    type: "button", className: "ed-link",
                    onclick: () => {
                        this.fields.splice(at, 0, field);
                        this.draw();
                        this.said.replaceChildren();
                        this.tell();
                    },
                }, "Undo");
                this.said.replaceChildren(`${field.name || "The field"} is removed when you save. `, undo);
                undo.focus();
                this.tell();
            },
        }, icon("delete"));
    }

    adder() {
        const menu = make("div", { className: "ed-types", id: freshId("types"), hidden: true });
        const button = make("button", {
            type: "button", className: "ed-button", "aria-expanded": "false", "aria-controls": menu.id,
            onclick: () => {
                menu.hidden = !menu.hidden;
                button.setAttribute("aria-expanded", String(!menu.hidden));
            },
        }, icon("add"), "Add a field");
        for (const type of this.types.values()) {
            menu.append(make("button", {
                type: "button", className: "ed-typechoice", "data-type": type.name, title: type.says,
                onclick: () => {
                    menu.hidden = true;
                    button.setAttribute("aria-expanded", "false");
                    this.add(type);
                },
            }, icon(type.icon), type.name));
        }
        return make("div", { className: "ed-stack" }, button, menu);
    }

    add(type) {
        const field = { name: "", type: type.name };
        if (type.name === "autodate") {
            field.onCreate = true;
        }
        // the dates at the end stay at the end
        let at = this.fields.length;
        while (at > 0 && this.fields[at - 1].type === "autodate" && type.name !== "autodate") {
            at -= 1;
        }
        this.fields.splice(at, 0, field);
        this.draw();
        const row = this.rows.children[at];
        row.querySelector("[aria-controls]").click();
        row.querySelector(".ed-name").focus();
        this.tell();
    }
}
