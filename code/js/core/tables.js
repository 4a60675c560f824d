// What the scripts share with Python, each written once: the twin of tables.py.
//
// A section of TABLES is named for the modules that read it. Why a value is what it is stands in the
// Python module of that name, beside the same name.

import tables from "../../backprop/data/tables.json" with { type: "json" };

export const TABLES = /** @type {Tables} */ (/** @type {unknown} */ (tables));
