// A JSON field says while it is typed whether it is JSON, and where it is not.
(() => {
    "use strict";
    const CALM_MS = 300;

    function watch(area) {
        const said = document.createElement("p");
        said.className = "ed-error";
        said.setAttribute("role", "status");
        area.after(said);
        let timer = 0;
        const look = () => {
            let problem = "";
            try {
                JSON.parse(area.value.trim() || "null");
            } catch (error) {
                problem = `This is not JSON yet: ${error.message}.`;
            }
            said.textContent = problem;
            area.setAttribute("aria-invalid", String(Boolean(problem)));
        };
        area.addEventListener("input", () => {
            clearTimeout(timer);
            timer = setTimeout(look, CALM_MS);
        });
    }

    addEventListener("load", () => document.querySelectorAll("textarea[data-json]").forEach(watch));
})();
