// A point on the globe: paste "50.15, -5.05" (latitude first, as maps give it), take one's own
// position, or click on a small map of the world. The two inputs are what counts.
(() => {
    "use strict";
    const NS = "http://www.w3.org/2000/svg";
    const ZOOMS = [1, 4, 12];

    function svg(tag, attributes) {
        const element = document.createElementNS(NS, tag);
        for (const [key, value] of Object.entries(attributes)) {
            element.setAttribute(key, value);
        }
        return element;
    }

    function button(text, act) {
        const made = document.createElement("button");
        Object.assign(made, { type: "button", className: "ed-button", textContent: text });
        made.addEventListener("click", act);
        return made;
    }

    function edit(place) {
        const [lon, lat] = place.querySelectorAll("input");
        const read = () => ({ lon: Number(lon.value) || 0, lat: Number(lat.value) || 0 });
        const put = (longitude, latitude) => {
            lon.value = Number(longitude.toFixed(6));
            lat.value = Number(latitude.toFixed(6));
            lon.dispatchEvent(new Event("input", { bubbles: true }));
        };

        for (const input of [lon, lat]) {
            input.addEventListener("paste", (event) => {
                const found = event.clipboardData.getData("text").match(/-?\d+(?:\.\d+)?/g);
                if (found?.length === 2) {
                    event.preventDefault();
                    put(Number(found[1]), Number(found[0]));
                }
            });
        }

        let zoom = 0;
        const map = svg("svg", { class: "r-map", "aria-hidden": "true" });
        const mark = svg("circle", { class: "r-mark" });
        map.append(svg("image", { href: place.dataset.map, width: 360, height: 180 }), mark);
        const draw = () => {
            const at = read();
            const wide = 360 / ZOOMS[zoom];
            const left = zoom ? at.lon + 180 - wide / 2 : 0;
            const top = zoom ? 90 - at.lat - wide / 4 : 0;
            map.setAttribute("viewBox", `${left} ${top} ${wide} ${wide / 2}`);
            mark.setAttribute("cx", at.lon + 180);
            mark.setAttribute("cy", 90 - at.lat);
            mark.setAttribute("r", 3.5 / ZOOMS[zoom]);
        };
        map.addEventListener("click", (event) => {
            const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
            put(Math.max(-180, Math.min(180, at.x - 180)), Math.max(-90, Math.min(90, 90 - at.y)));
        });
        lon.addEventListener("input", draw);
        lat.addEventListener("input", draw);

        const turn = (by) => {
            zoom = Math.max(0, Math.min(ZOOMS.length - 1, zoom + by));
            draw();
        };
        const acts = [button("Closer", () => turn(1)), button("Farther", () => turn(-1))];
        if (navigator.geolocation && isSecureContext) {
            acts.push(button("Where I am", () => navigator.geolocation.getCurrentPosition(
                ({ coords }) => put(coords.longitude, coords.latitude),
                () => { says.textContent = "The browser does not tell where you are."; },
            )));
        }
        const says = document.createElement("p");
        says.className = "ed-help";
        says.textContent = "Click on the map, or paste “latitude, longitude” into one of the boxes.";
        const row = document.createElement("div");
        row.className = "ed-inline";
        row.append(...acts);
        const details = document.createElement("details");
        const summary = document.createElement("summary");
        summary.className = "ed-link";
        summary.textContent = "Map";
        details.append(summary, map, row, says);
        place.append(details);
        draw();
    }

    addEventListener("load", () => document.querySelectorAll("[data-map]").forEach(edit));
})();
